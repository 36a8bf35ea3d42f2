//! The use cases: each loads, lets the domain decide, and saves with its events in one transaction.

mod block_user;
mod change_user;
pub(crate) mod confirmations;
mod create_user;
mod delete_user;
mod export_account;
mod find_user;
pub(crate) mod groups;
mod list_users;
mod look_up;
mod seed_administrator;
mod set_password;
mod update_user;

use std::sync::Arc;

use labelmesh_acts::Acts;
use labelmesh_clock::{Clock, Random};
use labelmesh_events::Outbox;
use labelmesh_password::Hasher;
use labelmesh_proto::users::v1::UsersActed;
use labelmesh_seal::{PageTokens, Sealer};
use sqlx::PgPool;
use tokio::sync::Notify;

pub(crate) use block_user::block_user;
pub(crate) use create_user::{NewUser, create_user};
pub(crate) use delete_user::{delete_user, remove_deleted};
pub(crate) use export_account::{Datum, export_account};
pub(crate) use find_user::find_user;
pub(crate) use list_users::list_users;
pub(crate) use look_up::{Whose, look_up_credential};
pub(crate) use seed_administrator::Seeding;
pub(crate) use set_password::{NewPassword, set_password};
pub(crate) use update_user::update_user;

use crate::{
    domain::{Bounds, PublicRole},
    notify::Mailer,
};

/// What the use cases work with. Clones share everything.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) pool: PgPool,
    pub(crate) outbox: Outbox,
    pub(crate) acts: Acts<UsersActed>,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) pages: PageTokens,
    pub(crate) hasher: Hasher,
    pub(crate) notify: Mailer,
    /// Whether addresses have to be confirmed, and how often something is mailed for that.
    pub(crate) confirms: bool,
    pub(crate) bounds: Bounds,
    /// Seals what is mailed until it is.
    pub(crate) sealer: Sealer,
    /// Wakes the worker that hands mails over to notify, in this process.
    pub(crate) mailing: Arc<Notify>,
    /// The roles with which anybody may sign up.
    pub(crate) open_roles: Vec<PublicRole>,
    /// Wakes the worker that removes what deleted users have left, in this process.
    pub(crate) removing: Arc<Notify>,
}
