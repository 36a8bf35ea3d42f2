//! The table `act`.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::{EventId, UserId};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::domain::{Act, ActFilter, Change};

/// The advisory lock that keeps acts from coming in while what they tell of a deleted user is erased.
const ERASING: i64 = 0x6163_7473;

struct Row {
    act_id: Uuid,
    acted_at: DateTime<Utc>,
    actor: String,
    actor_id: Option<Uuid>,
    method: String,
    subject_id: Option<Uuid>,
    about_id: Option<Uuid>,
    address: Option<String>,
    request_id: String,
    changes: Option<Json<Vec<Change>>>,
}

impl From<Row> for Act {
    fn from(row: Row) -> Self {
        Self {
            id: row.act_id.into(),
            acted_at: row.acted_at,
            actor: row.actor,
            actor_id: row.actor_id.map(UserId::from),
            method: row.method,
            subject_id: row.subject_id,
            about_id: row.about_id.map(UserId::from),
            address: row.address,
            request_id: row.request_id,
            changes: row.changes.map(|changes| changes.0).unwrap_or_default(),
        }
    }
}

/// Adds acts, those that are not there already: without what is personal of users who were deleted.
pub(crate) async fn add(db: &mut PgConnection, acts: &[Act]) -> Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock_shared($1)", ERASING).execute(&mut *db).await?;
    let ids: Vec<_> = acts.iter().map(|act| act.id.uuid()).collect();
    let times: Vec<_> = acts.iter().map(|act| act.acted_at).collect();
    let actors: Vec<_> = acts.iter().map(|act| act.actor.clone()).collect();
    let actor_ids: Vec<_> = acts.iter().map(|act| act.actor_id.map(UserId::uuid)).collect();
    let methods: Vec<_> = acts.iter().map(|act| act.method.clone()).collect();
    let subjects: Vec<_> = acts.iter().map(|act| act.subject_id).collect();
    let abouts: Vec<_> = acts.iter().map(|act| act.about_id.map(UserId::uuid)).collect();
    let addresses: Vec<_> = acts.iter().map(|act| act.address.clone()).collect();
    let requests: Vec<_> = acts.iter().map(|act| act.request_id.clone()).collect();
    let changes: Result<Vec<_>, _> = acts.iter().map(|act| serde_json::to_value(&act.changes)).collect();
    sqlx::query!(
        "INSERT INTO act (act_id, acted_at, actor, actor_id, method, subject_id, about_id, address, request_id, changes)
         SELECT n.act_id, n.acted_at, n.actor, n.actor_id, n.method, n.subject_id, n.about_id,
                CASE WHEN by.deleted_at IS NULL THEN n.address END, n.request_id,
                CASE WHEN about.deleted_at IS NULL THEN n.changes END
         FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[], $5::text[], $6::uuid[], $7::uuid[],
                     $8::text[], $9::text[], $10::jsonb[])
             AS n (act_id, acted_at, actor, actor_id, method, subject_id, about_id, address, request_id, changes)
         LEFT JOIN account by ON by.user_id = n.actor_id
         LEFT JOIN account about ON about.user_id = n.about_id
         ON CONFLICT DO NOTHING",
        &ids,
        &times,
        &actors,
        &actor_ids as &[Option<Uuid>],
        &methods,
        &subjects as &[Option<Uuid>],
        &abouts as &[Option<Uuid>],
        &addresses as &[Option<String>],
        &requests,
        &changes.map_err(Error::internal)?,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Erases what acts tell of a user who was deleted: from where they acted, and what was told about them.
pub(crate) async fn erase(db: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", ERASING).execute(&mut *db).await?;
    sqlx::query!("UPDATE act SET address = NULL WHERE actor_id = $1 AND address IS NOT NULL", user.uuid())
        .execute(&mut *db)
        .await?;
    sqlx::query!("UPDATE act SET changes = NULL WHERE about_id = $1 AND changes IS NOT NULL", user.uuid())
        .execute(db)
        .await?;
    Ok(())
}

/// The acts that are meant, the newest first, behind one.
pub(crate) async fn list(
    db: &mut PgConnection,
    filter: &ActFilter,
    behind: Option<EventId>,
    limit: i64,
) -> Result<Vec<Act>> {
    plan_for_what_is_given(db).await?;
    let (from, until) = bounds(filter);
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT act_id, acted_at, actor, actor_id, method, subject_id, about_id, address, request_id,
                  changes AS "changes: Json<Vec<Change>>"
           FROM act
           WHERE ($1::uuid IS NULL OR actor_id = $1) AND ($2::uuid IS NULL OR subject_id = $2)
               AND ($3::text IS NULL OR call = $3) AND ($4::text IS NULL OR method = $4)
               AND act_id >= $5 AND act_id < $6
           ORDER BY act_id DESC LIMIT $7"#,
        filter.actor.map(UserId::uuid),
        filter.subject,
        filter.call(),
        filter.whole_method(),
        from,
        behind.map_or(until, |behind| behind.uuid().min(until)),
        limit,
    );
    Ok(rows.fetch_all(db).await?.into_iter().map(Act::from).collect())
}

/// The acts by, on or about a user, the oldest first, after one. From where others acted is theirs.
pub(crate) async fn of_user(
    db: &mut PgConnection,
    user: UserId,
    after: Option<EventId>,
    limit: i64,
) -> Result<Vec<Act>> {
    let rows = sqlx::query_as!(
        Row,
        r#"SELECT act_id AS "act_id!", acted_at AS "acted_at!", actor AS "actor!", actor_id, method AS "method!",
                  subject_id, about_id, CASE WHEN actor_id = $1 THEN address END AS address,
                  request_id AS "request_id!", changes AS "changes: Json<Vec<Change>>"
           FROM ((SELECT * FROM act WHERE actor_id = $1 AND act_id > $2 ORDER BY act_id LIMIT $3)
                 UNION
                 (SELECT * FROM act WHERE subject_id = $1 AND act_id > $2 ORDER BY act_id LIMIT $3)
                 UNION
                 (SELECT * FROM act WHERE about_id = $1 AND act_id > $2 ORDER BY act_id LIMIT $3)) AS of_user
           ORDER BY act_id LIMIT $3"#,
        user.uuid(),
        after.map_or(Uuid::nil(), EventId::uuid),
        limit,
    );
    Ok(rows.fetch_all(db).await?.into_iter().map(Act::from).collect())
}

/// Has this transaction's statements planned for the values that they get: only such a plan knows which filters are
/// given, and can use their indexes.
async fn plan_for_what_is_given(db: &mut PgConnection) -> Result<()> {
    sqlx::query!("SELECT set_config('plan_cache_mode', 'force_custom_plan', true)").fetch_one(db).await?;
    Ok(())
}

/// The ids between which acts of the times lie that are meant: ids begin with the time, to the millisecond.
fn bounds(filter: &ActFilter) -> (Uuid, Uuid) {
    let first_of = |at: DateTime<Utc>| Uuid::from_u128(EventId::new(at, [0; 10]).uuid().as_u128() >> 80 << 80);
    (filter.from.map_or(Uuid::nil(), first_of), filter.until.map_or(Uuid::max(), first_of))
}
