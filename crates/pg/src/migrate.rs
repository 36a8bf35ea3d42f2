//! Migrations, run by the owner of a database for the role that services have.

use std::borrow::Cow;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection, PgPool};

/// How long a migration waits for a lock before it lets the others pass and tries again.
const LOCK_TIMEOUT: &str = "3s";
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(500);

/// The advisory lock under which a database is migrated. The lock that sqlx takes covers one history of migrations
/// alone. The grants that follow must not meet another's either: of two that change one table's rights at once,
/// PostgreSQL refuses the second.
const MIGRATING: i64 = 0x6c61_6265_6c6d_7367;

/// Why a database could not be migrated.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The database could not be reached or refused a statement.
    #[error("could not prepare the database")]
    Database(#[from] sqlx::Error),
    /// A migration failed; those before it stand.
    #[error("could not migrate the schema")]
    Migration(#[from] sqlx::migrate::MigrateError),
}

/// Brings a database to the present schema: the shared tables in schema `mesh`, then the service's own, each with
/// a history of its own; then lets `app_role` change data and nothing else.
///
/// `owner_url` is that of the database's owner. Migrations that a newer release has applied are ignored, so that an
/// older replica can start beside it. Several may run at once: one works, the others wait. `app_role` must exist.
///
/// # Errors
/// If the database can't be reached, a migration fails, or a lock was not to be had for a minute.
pub async fn migrate(owner_url: &str, own: Migrator, app_role: &str) -> Result<(), MigrateError> {
    let options = PgConnectOptions::from_str(owner_url)?
        .application_name("migrate")
        .options([("lock_timeout", LOCK_TIMEOUT), ("client_min_messages", "warning")]);
    let migrators = [forgiving(sqlx::migrate!()), forgiving(own)];
    for attempt in 1.. {
        // A connection of its own each time: the advisory locks end with it, however the attempt ends.
        let mut connection = PgConnection::connect_with(&options).await?;
        let outcome = attempt_once(&mut connection, &migrators, app_role).await;
        // Whether it ends politely does not matter.
        let _ = connection.close().await;
        match outcome {
            Err(error) if attempt < ATTEMPTS && is_lock_timeout(&error) => {
                tracing::info!(attempt, "another holds a lock that a migration needs");
                tokio::time::sleep(PAUSE).await;
            }
            outcome => return outcome,
        }
    }
    unreachable!("the last attempt returns")
}

/// Whether the newest migrations of this release are applied, for readiness: `own` is the service's migrator.
///
/// # Errors
/// Unavailable if the database does not answer.
pub async fn is_migrated(pool: &PgPool, own: &Migrator) -> labelmesh_errors::Result<bool> {
    for migrator in [&sqlx::migrate!(), own] {
        let Some(newest) = migrator.iter().map(|migration| migration.version).max() else { continue };
        let statement = format!("SELECT EXISTS (SELECT FROM {} WHERE version = $1 AND success)", migrator.table_name);
        let applied: Result<bool, _> = sqlx::query_scalar(AssertSqlSafe(statement)).bind(newest).fetch_one(pool).await;
        match applied {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            // There is no such table, or no such schema: nothing was applied yet.
            Err(sqlx::Error::Database(error)) if matches!(error.code().as_deref(), Some("42P01" | "3F000")) => {
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(true)
}

fn forgiving(mut migrator: Migrator) -> Migrator {
    migrator.set_ignore_missing(true);
    migrator
}

async fn attempt_once(
    connection: &mut PgConnection,
    migrators: &[Migrator],
    app_role: &str,
) -> Result<(), MigrateError> {
    sqlx::query("SELECT pg_advisory_lock($1)").bind(MIGRATING).execute(&mut *connection).await?;
    for migrator in migrators {
        migrator.run(&mut *connection).await?;
    }
    let histories: Vec<Cow<'_, str>> = migrators.iter().map(|migrator| migrator.table_name.clone()).collect();
    sqlx::raw_sql(AssertSqlSafe(grants(app_role, &histories))).execute(connection).await?;
    Ok(())
}

/// The grants that let a role change data and nothing else: neither the schema nor the history of migrations.
fn grants(app_role: &str, histories: &[Cow<'_, str>]) -> String {
    let role = format!("\"{}\"", app_role.replace('"', "\"\""));
    let mut sql = format!(
        "BEGIN;\n\
         REVOKE CREATE ON SCHEMA public FROM PUBLIC;\n\
         GRANT USAGE ON SCHEMA public, mesh TO {role};\n\
         GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public, mesh TO {role};\n\
         GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public, mesh TO {role};\n"
    );
    for history in histories {
        sql.push_str(&format!("REVOKE INSERT, UPDATE, DELETE ON {history} FROM {role};\n"));
    }
    sql.push_str("COMMIT;");
    sql
}

fn is_lock_timeout(error: &MigrateError) -> bool {
    use sqlx::migrate::MigrateError as Inner;

    let error = match error {
        MigrateError::Database(error)
        | MigrateError::Migration(Inner::Execute(error) | Inner::ExecuteMigration(error, _)) => error,
        MigrateError::Migration(_) => return false,
    };
    error.as_database_error().and_then(|error| error.code()).as_deref() == Some("55P03")
}
