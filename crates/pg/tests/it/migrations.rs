//! Owners migrate; services can't.

use std::borrow::Cow;

use labelmesh_pg::is_migrated;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr as _};

use crate::{database, migrate};

/// The service's migrations up to a release: the first makes a table, each later one adds a column.
pub(crate) fn own(release: i64) -> Migrator {
    let migrations = (1..=release).map(|version| {
        let sql = match version {
            1 => "CREATE TABLE item (id bigint PRIMARY KEY, value bigint NOT NULL)".to_owned(),
            _ => format!("ALTER TABLE item ADD COLUMN of_release_{version} bigint"),
        };
        let sql = AssertSqlSafe(sql).into_sql_str();
        Migration::new(version, Cow::Borrowed("test"), MigrationType::Simple, sql, false)
    });
    Migrator::with_migrations(migrations.collect())
}

#[tokio::test]
async fn an_older_replica_starts_beside_a_newer_schema() {
    let database = database().await;
    labelmesh_pg::migrate(database.owner_url(), own(2), "pgtest").await.expect("the newer release migrates");
    migrate(database.owner_url()).await.expect("the older one does not mind");

    let pool = database.pool();
    assert!(is_migrated(&pool, &own(1)).await.expect("an answer"));
    assert!(is_migrated(&pool, &own(2)).await.expect("an answer"));
    assert!(!is_migrated(&pool, &own(3)).await.expect("an answer"));
}

#[tokio::test]
async fn replicas_may_all_migrate_at_once() {
    let database = database().await;
    let all = (0..16).map(|_| labelmesh_pg::migrate(database.owner_url(), own(5), "pgtest"));
    for migrated in futures::future::join_all(all).await {
        migrated.expect("one migrates, the others wait");
    }
    assert!(is_migrated(&database.pool(), &own(5)).await.expect("an answer"));
}

#[tokio::test]
async fn a_service_changes_data_and_nothing_else() {
    let database = database().await;
    let pool = database.pool();
    for allowed in [
        "INSERT INTO item VALUES (1, 1)",
        "UPDATE item SET value = 2",
        "DELETE FROM item",
        "INSERT INTO mesh.inbox VALUES ('test', gen_random_uuid(), now())",
        "SELECT version FROM mesh._sqlx_migrations",
        "SELECT version FROM _sqlx_migrations",
    ] {
        sqlx::query(allowed).execute(&pool).await.unwrap_or_else(|error| panic!("{allowed}: {error}"));
    }
    for refused in [
        "CREATE TABLE public.other (id bigint)",
        "CREATE TABLE mesh.other (id bigint)",
        "CREATE SCHEMA other",
        "ALTER TABLE item ADD COLUMN other bigint",
        "DROP TABLE item",
        "TRUNCATE item",
        "DELETE FROM _sqlx_migrations",
        "UPDATE mesh._sqlx_migrations SET success = false",
    ] {
        let error = sqlx::query(refused).execute(&pool).await.expect_err(refused);
        let code = error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned());
        assert_eq!(code.as_deref(), Some("42501"), "{refused}: {error}");
    }
}
