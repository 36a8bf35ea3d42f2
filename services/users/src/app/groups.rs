//! Groups of operators: made and named by their owners, joined and left by operators. Every change of who is in one is
//! told in the transaction that makes it.

mod invite;
mod join;
mod manage;
mod members;
mod tell_invited;

pub(crate) use invite::{create_code, list_invitations, received, revoke};
pub(crate) use join::{accept, leave, memberships};
pub(crate) use manage::{create_group, delete_group, get_group, list_groups, rename_group};
pub(crate) use members::{add_member, list_members, remove_member};
pub(crate) use tell_invited::tell_invited;

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use sqlx::PgConnection;

use super::App;
use crate::{domain::Changed, events::published};

/// Tells that memberships have changed, in the caller's transaction.
pub(super) async fn tell(app: &App, db: &mut PgConnection, changed: &[Changed], now: DateTime<Utc>) -> Result<()> {
    let events: Vec<_> = changed.iter().map(|changed| published::group_member_changed(changed, now)).collect();
    app.outbox.enqueue_all(db, &events).await?;
    Ok(())
}
