//! Deletes sessions, API keys, attempts, places and resets that nobody asks for any more.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::Result;
use sqlx::PgPool;

use super::App;
use crate::store::{api_keys, attempts, resets, sessions};

/// How many rows one statement deletes.
const BATCH: i64 = 1_000;

/// What is old enough to be deleted.
#[derive(Debug, Clone, Copy)]
struct Old {
    /// Sessions and keys that were over before.
    sessions: DateTime<Utc>,
    /// Sessions that nobody has used since.
    unused: DateTime<Utc>,
    /// Counts whose window began then or before.
    attempts: DateTime<Utc>,
    /// Places where nobody has signed in since.
    familiar: DateTime<Utc>,
    /// Resets that were good until then.
    resets: DateTime<Utc>,
}

/// Deletes sessions and keys that have been over for `kept`, attempts that no longer count, places that are no
/// longer familiar, and resets that are out of date. Rows that another replica deletes are passed over.
///
/// # Errors
/// UNAVAILABLE where the database does not answer.
pub(crate) async fn purge(app: &App, kept: TimeDelta) -> Result<u64> {
    let now = app.clock.now();
    let limits = app.limits;
    let old = Old {
        sessions: now - kept,
        unused: now - app.idle - kept,
        attempts: now - limits.window,
        familiar: now - limits.familiar_for,
        resets: now,
    };
    delete(&app.pool, old, BATCH).await
}

/// Deletes what is old, at most `batch` rows a statement; returns how many.
async fn delete(pool: &PgPool, old: Old, batch: i64) -> Result<u64> {
    let mut db = pool.acquire().await?;
    let mut purged = 0;
    loop {
        let sessions = sessions::purge(&mut db, old.sessions, old.unused, batch).await?;
        let keys = api_keys::purge(&mut db, old.sessions, batch).await?;
        let attempts = attempts::purge(&mut db, old.attempts, batch).await?;
        let familiar = attempts::purge_familiar(&mut db, old.familiar, batch).await?;
        let resets = resets::purge(&mut db, old.resets, batch).await?;
        purged += sessions + keys + attempts + familiar + resets;
        if sessions.max(keys).max(attempts).max(familiar).max(resets) < batch.unsigned_abs() {
            return Ok(purged);
        }
    }
}

#[cfg(test)]
mod tests {
    use labelmesh_testkit::TestDatabase;

    use super::*;

    #[tokio::test]
    async fn what_is_old_goes_in_batches_and_what_is_not_stays() {
        let database = TestDatabase::create("auth", crate::migrate).await;
        let pool = database.pool();
        let now: DateTime<Utc> = "2026-11-22T12:00:00Z".parse().expect("a time");
        // Of each ten: five expired long ago, two ended long ago, one ended just now, one was not used for long, one
        // lives.
        let sessions =
            "INSERT INTO session (id, token_digest, user_id, roles, started_at, expires_at, ended_at, used_at)
            SELECT gen_random_uuid(), sha256(number::text::bytea), gen_random_uuid(), '{1}', $1 - interval '60 days',
                CASE WHEN number % 10 < 5 THEN $1 - interval '2 days' ELSE $1 + interval '1 day' END,
                CASE WHEN number % 10 IN (5, 6) THEN $1 - interval '2 days' WHEN number % 10 = 7 THEN $1 END,
                CASE WHEN number % 10 = 8 THEN $1 - interval '9 days' ELSE $1 END
            FROM generate_series(1, 100) AS number";
        sqlx::query(sessions).bind(now).execute(&pool).await.expect("inserted");
        let attempts = "INSERT INTO attempt (subject, since, failures)
            SELECT 'account:' || minutes, $1 - make_interval(mins => minutes), 1 FROM generate_series(1, 30) AS minutes";
        sqlx::query(attempts).bind(now).execute(&pool).await.expect("inserted");

        let familiar = "INSERT INTO familiar (place, seen_at)
            SELECT sha256(days::text::bytea), $1 - make_interval(days => days) FROM generate_series(1, 40) AS days";
        sqlx::query(familiar).bind(now).execute(&pool).await.expect("inserted");

        // Of each five: two expired long ago, one was revoked long ago, one just now, one is good.
        let keys = "INSERT INTO api_key (id, secret_digest, user_id, name, roles, created_at, expires_at, revoked_at)
            SELECT gen_random_uuid(), sha256(number::text::bytea), gen_random_uuid(), 'a', '{1}', $1 - interval '60 days',
                CASE WHEN number % 5 < 2 THEN $1 - interval '2 days' ELSE $1 + interval '1 day' END,
                CASE WHEN number % 5 = 2 THEN $1 - interval '2 days' WHEN number % 5 = 3 THEN $1 END
            FROM generate_series(1, 20) AS number";
        sqlx::query(keys).bind(now).execute(&pool).await.expect("inserted");

        let (sessions, attempts) = (now - TimeDelta::days(1), now - TimeDelta::minutes(15));
        let (unused, familiar) = (now - TimeDelta::days(8), now - TimeDelta::days(30));
        let old = Old { sessions, unused, attempts, familiar, resets: now };
        assert_eq!(delete(&pool, old, 7).await.expect("purged"), 80 + 12 + 16 + 11);
        assert_eq!(delete(&pool, old, 7).await.expect("purged"), 0);
    }
}
