//! Databases that a killed test process has left on a server that outlives it.

use labelmesh_clock::Clock;
use sqlx::{AssertSqlSafe, PgConnection};

/// What the comment of our databases begins with; the time of their making follows, in seconds since 1970.
const MARK: &str = "labelmesh test database of ";
/// No test process runs for so long.
const OLD_SECONDS: i64 = 2 * 60 * 60;

/// Says that a database is ours and when it was made.
pub(crate) async fn mark(admin: &mut PgConnection, database: &str) -> Result<(), sqlx::Error> {
    let comment = format!("COMMENT ON DATABASE {database} IS '{MARK}{}'", Clock::system().now().timestamp());
    sqlx::raw_sql(AssertSqlSafe(comment)).execute(admin).await?;
    Ok(())
}

/// Drops ours that are old.
pub(crate) async fn sweep(admin: &mut PgConnection) -> Result<(), sqlx::Error> {
    let ours = "SELECT datname::text FROM pg_database, shobj_description(pg_database.oid, 'pg_database') AS comment
                WHERE CASE WHEN starts_with(comment, $1) THEN substr(comment, length($1) + 1)::bigint < $2 END";
    let before = Clock::system().now().timestamp() - OLD_SECONDS;
    let old: Vec<String> = sqlx::query_scalar(ours).bind(MARK).bind(before).fetch_all(&mut *admin).await?;
    for database in old {
        for statement in ["ALTER DATABASE {} IS_TEMPLATE false", "DROP DATABASE IF EXISTS {} WITH (FORCE)"] {
            let statement = statement.replace("{}", &database);
            // Another process may be sweeping, too.
            let _ = sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *admin).await;
        }
    }
    Ok(())
}
