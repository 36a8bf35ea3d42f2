//! The use cases.

mod attempt;
mod introspect;
mod keys;
mod login;
mod logout;
mod purge;

use chrono::TimeDelta;
use labelmesh_clock::{Clock, Random};
use labelmesh_events::Outbox;
use labelmesh_password::Hasher;
use sqlx::PgPool;

pub(crate) use introspect::introspect;
pub(crate) use keys::Keys;
pub(crate) use login::{Login, login};
pub(crate) use logout::logout;
pub(crate) use purge::purge_until;

use crate::{domain::Limits, users::Users};

/// What the use cases work with. Clones share everything.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) pool: PgPool,
    pub(crate) outbox: Outbox,
    pub(crate) hasher: Hasher,
    pub(crate) keys: Keys,
    pub(crate) users: Users,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) limits: Limits,
    /// How long a session lasts by itself.
    pub(crate) session_lifetime: TimeDelta,
}
