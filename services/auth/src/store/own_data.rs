//! What is stored about a user, as they take it away: no digest and nothing sealed.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::{ApiKeyId, DeliveryId, SessionId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

/// What is known of an account.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) user_id: UserId,
    pub(crate) version: i64,
    pub(crate) roles: Vec<i16>,
    pub(crate) blocked: bool,
    pub(crate) unconfirmed: bool,
}

/// What is known of a user's account, if anything.
pub(crate) async fn standing(db: &mut PgConnection, user: UserId) -> Result<Vec<Standing>> {
    let rows = sqlx::query_as!(
        Standing,
        r#"SELECT user_id AS "user_id: UserId", version, roles, blocked, unconfirmed FROM account WHERE user_id = $1"#,
        user.uuid()
    );
    Ok(rows.fetch_all(db).await?)
}

/// A session, open or over.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) roles: Vec<i16>,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) used_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) ended_at: Option<DateTime<Utc>>,
    pub(crate) address: Option<String>,
    pub(crate) user_agent: Option<String>,
}

/// A user's sessions behind one, in the order of their ids, which is that in which they began.
pub(crate) async fn sessions(
    db: &mut PgConnection,
    user: UserId,
    after: Option<SessionId>,
    limit: i64,
) -> Result<Vec<Session>> {
    let rows = sqlx::query_as!(
        Session,
        r#"SELECT id AS "id: SessionId", roles, started_at, used_at, expires_at, ended_at, address, user_agent
           FROM session WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3"#,
        user.uuid(),
        after.map_or(Uuid::nil(), SessionId::uuid),
        limit
    );
    Ok(rows.fetch_all(db).await?)
}

/// An API key, good or not.
#[derive(Debug)]
pub(crate) struct ApiKey {
    pub(crate) id: ApiKeyId,
    pub(crate) name: String,
    pub(crate) roles: Vec<i16>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) used_at: Option<DateTime<Utc>>,
    pub(crate) revoked_at: Option<DateTime<Utc>>,
}

/// A user's API keys behind one, in the order of their ids.
pub(crate) async fn api_keys(
    db: &mut PgConnection,
    user: UserId,
    after: Option<ApiKeyId>,
    limit: i64,
) -> Result<Vec<ApiKey>> {
    let rows = sqlx::query_as!(
        ApiKey,
        r#"SELECT id AS "id: ApiKeyId", name, roles, created_at, expires_at, used_at, revoked_at
           FROM api_key WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3"#,
        user.uuid(),
        after.map_or(Uuid::nil(), ApiKeyId::uuid),
        limit
    );
    Ok(rows.fetch_all(db).await?)
}

/// A second factor without its secret.
#[derive(Debug)]
pub(crate) struct SecondFactor {
    pub(crate) enrolled_at: DateTime<Utc>,
    pub(crate) confirmed_at: Option<DateTime<Utc>>,
    /// The last step of 30 seconds whose code was taken; 0 where none was.
    pub(crate) last_step: i64,
    pub(crate) recovery_codes: i64,
}

/// A user's second factor, if there is one.
pub(crate) async fn second_factor(db: &mut PgConnection, user: UserId) -> Result<Vec<SecondFactor>> {
    let rows = sqlx::query_as!(
        SecondFactor,
        r#"SELECT enrolled_at, confirmed_at, last_step,
                  (SELECT count(*) FROM recovery_code r WHERE r.user_id = f.user_id) AS "recovery_codes!"
           FROM second_factor f WHERE user_id = $1"#,
        user.uuid()
    );
    Ok(rows.fetch_all(db).await?)
}

/// A network from which an account lately signed in.
#[derive(Debug)]
pub(crate) struct Place {
    /// By which the rows are told apart; never shown.
    pub(crate) place: Vec<u8>,
    pub(crate) seen_at: DateTime<Utc>,
}

/// The networks from which a user lately signed in, behind one, in the order of their digests.
pub(crate) async fn places(
    db: &mut PgConnection,
    user: UserId,
    after: Option<Vec<u8>>,
    limit: i64,
) -> Result<Vec<Place>> {
    let rows = sqlx::query_as!(
        Place,
        "SELECT place, seen_at FROM familiar WHERE user_id = $1 AND place > $2 ORDER BY place LIMIT $3",
        user.uuid(),
        after.unwrap_or_default(),
        limit
    );
    Ok(rows.fetch_all(db).await?)
}

/// A password that is to be replaced.
#[derive(Debug)]
pub(crate) struct Reset {
    pub(crate) id: DeliveryId,
    pub(crate) password_version: i64,
    pub(crate) expires_at: DateTime<Utc>,
}

/// The reset of a user's password that is under way, if there is one.
pub(crate) async fn reset(db: &mut PgConnection, user: UserId) -> Result<Vec<Reset>> {
    let rows = sqlx::query_as!(
        Reset,
        r#"SELECT id AS "id: DeliveryId", password_version, expires_at FROM password_reset WHERE user_id = $1"#,
        user.uuid()
    );
    Ok(rows.fetch_all(db).await?)
}
