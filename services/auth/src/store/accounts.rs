//! The table `account`.

use labelmesh_errors::{Error, Result};
use sqlx::PgConnection;

use crate::domain::Account;

/// What became of something that was told of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// As much or more was known already.
    Nothing,
    /// It is newer; says whether it means anything for sessions that are open.
    News { matters: bool },
}

/// Remembers what was told of an account, where it is newer than what is known.
pub(crate) async fn remember(db: &mut PgConnection, account: &Account) -> Result<Told> {
    let roles: Vec<i16> = account.roles.iter().map(|role| *role as i16).collect();
    // The old row is locked first, so that what it is compared with is what is replaced. Of an account that is not
    // known the open sessions tell.
    let told = sqlx::query_scalar!(
        r#"WITH old AS MATERIALIZED (SELECT roles, blocked FROM account WHERE user_id = $1 FOR UPDATE),
           written AS (
               INSERT INTO account AS a (user_id, version, roles, blocked)
               SELECT $1, $2, $3::smallint[], $4 FROM (SELECT count(*) FROM old) AS locked_first
               ON CONFLICT (user_id) DO UPDATE
               SET version = excluded.version, roles = excluded.roles, blocked = excluded.blocked
               WHERE a.version < excluded.version
               RETURNING roles, blocked)
           SELECT CASE WHEN EXISTS (SELECT FROM old)
                       THEN EXISTS (SELECT FROM old WHERE (old.roles, old.blocked) <> (w.roles, w.blocked))
                       ELSE EXISTS (SELECT FROM session s WHERE s.user_id = $1 AND s.ended_at IS NULL
                                    AND (w.blocked OR s.roles <> w.roles)) END AS "matters!"
           FROM written w"#,
        account.user_id.uuid(),
        i64::try_from(account.version).map_err(Error::internal)?,
        &roles,
        account.blocked,
    )
    .fetch_optional(db)
    .await?;
    Ok(told.map_or(Told::Nothing, |matters| Told::News { matters }))
}

/// Remembers an account of which nothing is known yet.
pub(crate) async fn suppose(db: &mut PgConnection, account: &Account) -> Result<()> {
    let roles: Vec<i16> = account.roles.iter().map(|role| *role as i16).collect();
    sqlx::query!(
        "INSERT INTO account (user_id, version, roles, blocked) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        account.user_id.uuid(),
        i64::try_from(account.version).map_err(Error::internal)?,
        &roles,
        account.blocked,
    )
    .execute(db)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use labelmesh_identity::Role;
    use labelmesh_testkit::TestDatabase;
    use uuid::Uuid;

    use super::*;

    fn account(version: u64, roles: &[Role], blocked: bool) -> Account {
        Account { user_id: Uuid::from_u128(7).into(), version, roles: roles.to_vec(), blocked }
    }

    #[tokio::test]
    async fn what_is_older_or_the_same_is_no_news() {
        let database = TestDatabase::create("auth", crate::migrate).await;
        let mut db = database.pool().acquire().await.expect("a connection");
        let mut tell = async |account: Account| remember(&mut db, &account).await.expect("remembered");
        let (both, client) = (&[Role::Client, Role::Operator][..], &[Role::Client][..]);
        // Of somebody without sessions it means nothing.
        assert_eq!(tell(account(2, both, false)).await, Told::News { matters: false });
        assert_eq!(tell(account(2, both, false)).await, Told::Nothing);
        assert_eq!(tell(account(4, client, false)).await, Told::News { matters: true });
        assert_eq!(tell(account(3, both, true)).await, Told::Nothing);
        assert_eq!(tell(account(5, client, false)).await, Told::News { matters: false });
        assert_eq!(tell(account(6, client, true)).await, Told::News { matters: true });
    }

    #[tokio::test]
    async fn of_an_account_that_was_not_known_the_open_sessions_tell() {
        let database = TestDatabase::create("auth", crate::migrate).await;
        let mut db = database.pool().acquire().await.expect("a connection");
        let session = "INSERT INTO session (id, token_digest, user_id, roles, started_at, expires_at)
            VALUES (gen_random_uuid(), sha256('a'), $1, '{1}', now(), now() + interval '1 day')";
        sqlx::query(session).bind(Uuid::from_u128(7)).execute(&mut *db).await.expect("inserted");
        let told = remember(&mut db, &account(2, &[Role::Operator], false)).await.expect("remembered");
        assert_eq!(told, Told::News { matters: true });
    }
}
