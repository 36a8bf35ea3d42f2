//! The use cases: each loads, lets the domain decide, and saves with its events in one transaction.

mod block_user;
mod change_user;
mod create_user;
mod find_user;
pub(crate) mod groups;
mod list_users;
mod look_up;
mod seed_administrator;
mod set_password;
mod update_user;

use labelmesh_clock::{Clock, Random};
use labelmesh_events::Outbox;
use labelmesh_password::Hasher;
use labelmesh_seal::PageTokens;
use sqlx::PgPool;

pub(crate) use block_user::block_user;
pub(crate) use create_user::{NewUser, create_user};
pub(crate) use find_user::find_user;
pub(crate) use list_users::list_users;
pub(crate) use look_up::{Whose, look_up_credential};
pub(crate) use seed_administrator::Seeding;
pub(crate) use set_password::{NewPassword, set_password};
pub(crate) use update_user::update_user;

use crate::domain::PublicRole;

/// What the use cases work with. Clones share everything.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) pool: PgPool,
    pub(crate) outbox: Outbox,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) pages: PageTokens,
    pub(crate) hasher: Hasher,
    /// The roles with which anybody may sign up.
    pub(crate) open_roles: Vec<PublicRole>,
}
