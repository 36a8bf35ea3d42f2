//! What clients have said of the audience of their new tasks.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::UserId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::Audience;

/// An audience as the tables keep it.
pub(super) fn restored(is_open: bool, groups: Vec<Uuid>, operators: Vec<Uuid>) -> Audience {
    if is_open {
        return Audience::Open;
    }
    Audience::Invited {
        groups: groups.into_iter().map(Into::into).collect(),
        operators: operators.into_iter().map(Into::into).collect(),
    }
}

/// The ids of an audience's groups and operators.
pub(super) fn ids(audience: &Audience) -> (Vec<Uuid>, Vec<Uuid>) {
    (
        audience.groups().iter().map(|group| group.uuid()).collect(),
        audience.operators().iter().map(|operator| operator.uuid()).collect(),
    )
}

/// What a client has said, if anything.
pub(crate) async fn of_client(connection: &mut PgConnection, owner: UserId) -> Result<Option<Audience>> {
    let row = sqlx::query!("SELECT is_open, groups, operators FROM client_audience WHERE owner_id = $1", owner.uuid());
    let row = row.fetch_optional(connection).await?;
    Ok(row.map(|row| restored(row.is_open, row.groups, row.operators)))
}

/// Since when there are audiences.
pub(crate) async fn since(connection: &mut PgConnection) -> Result<DateTime<Utc>> {
    Ok(sqlx::query_scalar!("SELECT at FROM audience_since").fetch_one(connection).await?)
}

/// Notes what a client says.
pub(crate) async fn set(connection: &mut PgConnection, owner: UserId, audience: &Audience) -> Result<()> {
    let (groups, operators) = ids(audience);
    sqlx::query!(
        "INSERT INTO client_audience (owner_id, is_open, groups, operators) VALUES ($1, $2, $3, $4)
         ON CONFLICT (owner_id) DO UPDATE
         SET is_open = excluded.is_open, groups = excluded.groups, operators = excluded.operators",
        owner.uuid(),
        audience.is_open(),
        &groups,
        &operators
    )
    .execute(connection)
    .await?;
    Ok(())
}
