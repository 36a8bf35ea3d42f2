//! The use cases: each loads, lets the domain decide, and saves with its events in one transaction.

mod api_keys;
mod attempt;
mod audit;
mod change_password;
mod delete_account;
mod end_sessions;
mod export_access;
mod introspect;
mod keys;
mod learn_account;
mod list_sessions;
mod login;
mod purge;
mod reset_password;
mod second_factor;

use std::sync::Arc;

use chrono::TimeDelta;
use labelmesh_acts::Acts;
use labelmesh_clock::{Clock, Random};
use labelmesh_events::Outbox;
use labelmesh_password::Hasher;
use labelmesh_proto::auth::v1::AuthActed;
use labelmesh_seal::{PageTokens, Sealer};
use sqlx::PgPool;

pub(crate) use api_keys::{create_api_key, list_api_keys, revoke_api_key};
pub(crate) use audit::{add_acts, export_acts, list_acts};
pub(crate) use change_password::change_password;
pub(crate) use delete_account::{Gone, delete_account};
pub(crate) use end_sessions::{end_session, end_sessions, password_changed};
pub(crate) use export_access::{Datum, export_access};
pub(crate) use introspect::{Introspected, Tokens, introspect};
pub(crate) use keys::Keys;
pub(crate) use learn_account::learn_account;
pub(crate) use list_sessions::list_sessions;
pub(crate) use login::{LoggedIn, Login, login};
pub(crate) use purge::purge;
pub(crate) use reset_password::{mail_resets, request_reset, reset_password};
pub(crate) use second_factor::{
    Standing, confirm_second_factor, count_second_factors, enrol_second_factor, remove_second_factor, seal_anew,
    second_factor, take_second_factor,
};

use crate::{
    domain::{Limits, ResetRules},
    notify::Mailer,
    users::Users,
};

/// What the use cases work with. Clones share everything.
#[derive(Debug, Clone)]
pub(crate) struct App {
    pub(crate) pool: PgPool,
    pub(crate) outbox: Outbox,
    pub(crate) acts: Acts<AuthActed>,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) pages: PageTokens,
    pub(crate) hasher: Hasher,
    pub(crate) keys: Keys,
    pub(crate) users: Users,
    pub(crate) notify: Mailer,
    pub(crate) resets: ResetRules,
    /// Seals second factors, and what is mailed until it is.
    pub(crate) sealer: Sealer,
    /// Wakes the worker that has passwords reset by mail, in this process.
    pub(crate) mailing: Arc<tokio::sync::Notify>,
    pub(crate) limits: Limits,
    /// How long a session lasts by itself.
    pub(crate) session_lifetime: TimeDelta,
    /// How long a session lasts that nobody uses.
    pub(crate) idle: TimeDelta,
}
