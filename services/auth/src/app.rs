//! The use cases: each loads, lets the domain decide, and saves with its events in one transaction.

mod api_keys;
mod attempt;
mod change_password;
mod end_sessions;
mod introspect;
mod keys;
mod learn_account;
mod list_sessions;
mod login;
mod purge;

use chrono::TimeDelta;
use labelmesh_clock::{Clock, Random};
use labelmesh_events::Outbox;
use labelmesh_password::Hasher;
use labelmesh_seal::PageTokens;
use sqlx::PgPool;

pub(crate) use api_keys::{create_api_key, list_api_keys, revoke_api_key};
pub(crate) use change_password::change_password;
pub(crate) use end_sessions::{end_session, end_sessions, password_changed};
pub(crate) use introspect::{Introspected, introspect};
pub(crate) use keys::Keys;
pub(crate) use learn_account::learn_account;
pub(crate) use list_sessions::list_sessions;
pub(crate) use login::{LoggedIn, Login, login};
pub(crate) use purge::purge;

use crate::{domain::Limits, users::Users};

/// What the use cases work with. Clones share everything.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) pool: PgPool,
    pub(crate) outbox: Outbox,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) pages: PageTokens,
    pub(crate) hasher: Hasher,
    pub(crate) keys: Keys,
    pub(crate) users: Users,
    pub(crate) limits: Limits,
    /// How long a session lasts by itself.
    pub(crate) session_lifetime: TimeDelta,
    /// How long a session lasts that nobody uses.
    pub(crate) idle: TimeDelta,
}
