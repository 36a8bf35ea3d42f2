//! The table `account`.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_ids::UserId;
use sqlx::PgConnection;

use crate::domain::Account;

/// What became of something that was told of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// As much or more was known already.
    Nothing,
    /// It is newer.
    News(Effect),
}

/// What news of an account means for sessions that are open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Nothing,
    /// They may all that they could, and more.
    Wider,
    /// There is something that they may no longer.
    Narrower,
}

/// Remembers what was told of an account, where it is newer than what is known.
pub(crate) async fn remember(db: &mut PgConnection, account: &Account) -> Result<Told> {
    let roles: Vec<i16> = account.roles.iter().map(|role| *role as i16).collect();
    // The old row is locked first, so that what it is compared with is what is replaced. Of an account that is not
    // known the open sessions tell.
    let told = sqlx::query!(
        r#"WITH old AS MATERIALIZED (SELECT roles, blocked, unconfirmed FROM account WHERE user_id = $1 FOR UPDATE),
           written AS (
               INSERT INTO account AS a (user_id, version, roles, blocked, unconfirmed)
               SELECT $1, $2, $3::smallint[], $4, $5 FROM (SELECT count(*) FROM old) AS locked_first
               ON CONFLICT (user_id) DO UPDATE
               SET version = excluded.version, roles = excluded.roles, blocked = excluded.blocked,
                   unconfirmed = excluded.unconfirmed
               WHERE a.version < excluded.version
               RETURNING roles, blocked, unconfirmed)
           SELECT bool_or((b.roles, b.blocked, b.unconfirmed) <> (w.roles, w.blocked, w.unconfirmed)) AS changed,
                  bool_or(w.blocked > b.blocked OR w.unconfirmed > b.unconfirmed OR NOT b.roles <@ w.roles) AS narrower
           FROM written w LEFT JOIN (
               SELECT roles, blocked, unconfirmed FROM old
               UNION ALL
               SELECT s.roles, false, false FROM session s
               WHERE s.user_id = $1 AND s.ended_at IS NULL AND NOT EXISTS (SELECT FROM old)) AS b ON true
           HAVING count(w) > 0"#,
        account.user_id.uuid(),
        i64::try_from(account.version).map_err(Error::internal)?,
        &roles,
        account.blocked,
        account.unconfirmed,
    )
    .fetch_optional(db)
    .await?;
    let effect = |changed, narrower| match (changed, narrower) {
        (_, Some(true)) => Effect::Narrower,
        (Some(true), _) => Effect::Wider,
        _ => Effect::Nothing,
    };
    Ok(told.map_or(Told::Nothing, |told| Told::News(effect(told.changed, told.narrower))))
}

/// Remembers an account of which nothing is known yet.
pub(crate) async fn suppose(db: &mut PgConnection, account: &Account) -> Result<()> {
    let roles: Vec<i16> = account.roles.iter().map(|role| *role as i16).collect();
    sqlx::query!(
        "INSERT INTO account (user_id, version, roles, blocked, unconfirmed) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
        account.user_id.uuid(),
        i64::try_from(account.version).map_err(Error::internal)?,
        &roles,
        account.blocked,
        account.unconfirmed,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Notes that an account was deleted, for good; says whether that is news.
pub(crate) async fn bury(db: &mut PgConnection, user: UserId, version: u64, now: DateTime<Utc>) -> Result<bool> {
    let buried = sqlx::query!(
        "INSERT INTO account AS a (user_id, version, roles, blocked, deleted_at) VALUES ($1, $2, '{}', true, $3)
         ON CONFLICT (user_id) DO UPDATE
         SET version = greatest(a.version, excluded.version), roles = '{}', blocked = true,
             deleted_at = excluded.deleted_at
         WHERE a.deleted_at IS NULL",
        user.uuid(),
        i64::try_from(version).map_err(Error::internal)?,
        now,
    );
    Ok(buried.execute(db).await?.rows_affected() == 1)
}

/// Says that an account is not deleted, which stays so until the transaction ends: whoever deletes it waits.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn check(db: &mut PgConnection, user: UserId) -> Result<()> {
    let account = sqlx::query!("SELECT deleted_at FROM account WHERE user_id = $1 FOR SHARE", user.uuid());
    match account.fetch_optional(db).await? {
        Some(account) if account.deleted_at.is_some() => Err(Error::not_found("user")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use labelmesh_identity::Role;
    use labelmesh_testkit::TestDatabase;
    use uuid::Uuid;

    use super::*;

    fn account(version: u64, roles: &[Role], blocked: bool) -> Account {
        Account { user_id: Uuid::from_u128(7).into(), version, roles: roles.to_vec(), blocked, unconfirmed: false }
    }

    #[tokio::test]
    async fn what_is_older_or_the_same_is_no_news() {
        let database = TestDatabase::create("auth", crate::migrate).await;
        let mut db = database.pool().acquire().await.expect("a connection");
        let mut tell = async |account: Account| remember(&mut db, &account).await.expect("remembered");
        let (both, client) = (&[Role::Client, Role::Operator][..], &[Role::Client][..]);
        // Of somebody without sessions it means nothing.
        assert_eq!(tell(account(2, both, false)).await, Told::News(Effect::Nothing));
        assert_eq!(tell(account(2, both, false)).await, Told::Nothing);
        assert_eq!(tell(account(4, client, false)).await, Told::News(Effect::Narrower));
        assert_eq!(tell(account(3, both, true)).await, Told::Nothing);
        assert_eq!(tell(account(5, client, false)).await, Told::News(Effect::Nothing));
        assert_eq!(tell(account(6, both, false)).await, Told::News(Effect::Wider));
        assert_eq!(tell(account(7, client, true)).await, Told::News(Effect::Narrower));
        let unconfirmed = Account { unconfirmed: true, ..account(8, client, true) };
        assert_eq!(tell(unconfirmed).await, Told::News(Effect::Narrower));
        assert_eq!(tell(account(9, client, true)).await, Told::News(Effect::Wider));
    }

    #[tokio::test]
    async fn of_an_account_that_was_not_known_the_open_sessions_tell() {
        let database = TestDatabase::create("auth", crate::migrate).await;
        let mut db = database.pool().acquire().await.expect("a connection");
        let session = "INSERT INTO session (id, token_digest, user_id, roles, started_at, expires_at)
            VALUES (gen_random_uuid(), sha256('a'), $1, '{1}', now(), now() + interval '1 day')";
        sqlx::query(session).bind(Uuid::from_u128(7)).execute(&mut *db).await.expect("inserted");
        let told = remember(&mut db, &account(2, &[Role::Operator], false)).await.expect("remembered");
        assert_eq!(told, Told::News(Effect::Narrower));
        sqlx::query("DELETE FROM account").execute(&mut *db).await.expect("deleted");
        let told = remember(&mut db, &account(2, &[Role::Client, Role::Operator], false)).await.expect("remembered");
        assert_eq!(told, Told::News(Effect::Wider));
    }
}
