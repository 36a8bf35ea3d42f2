//! A database with the schema that a crate's SQL is written for.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use labelmesh_servers::Postgres;
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use super::crates::{self, SqlCrate};

/// The shared schema, which every database has. Its migrator can't be used here: it lies in a crate with SQL macros,
/// which need this.
const SHARED: &str = "crates/pg/migrations";

/// Makes a crate's database anew and returns its URL.
pub(super) async fn create(root: &Path, sql: &SqlCrate, postgres: &Postgres) -> Result<String> {
    remove(sql, postgres).await?;
    let name = name(sql);
    let mut admin = PgConnection::connect(&postgres.admin_url()).await?;
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut admin).await?;
    let url = postgres.url(&name);
    let mut connection = PgConnection::connect(&url).await?;
    let shared = migrator(&root.join(SHARED)).await?;
    run(shared, Some("mesh._sqlx_migrations"), Some("mesh"), &mut connection).await?;
    if let Some(own) = own_migrations(root, sql) {
        run(migrator(&own).await?, sql.history.as_deref(), None, &mut connection).await?;
    }
    connection.close().await?;
    Ok(url)
}

/// Drops a crate's database if there is one.
pub(super) async fn remove(sql: &SqlCrate, postgres: &Postgres) -> Result<()> {
    let mut admin = PgConnection::connect(&postgres.admin_url()).await?;
    let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", name(sql));
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut admin).await?;
    Ok(admin.close().await?)
}

/// Changes with every migration of the crate, or of the shared schema.
pub(super) fn fingerprint(root: &Path, sql: &SqlCrate) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    crates::files(&root.join(SHARED))?.hash(&mut hasher);
    if let Some(own) = own_migrations(root, sql) {
        crates::files(&own)?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

fn name(sql: &SqlCrate) -> String {
    format!("gen_sql_{}", sql.package.replace('-', "_"))
}

fn own_migrations(root: &Path, sql: &SqlCrate) -> Option<PathBuf> {
    let folder = sql.folder.join("migrations");
    (folder.is_dir() && folder != root.join(SHARED)).then_some(folder)
}

async fn migrator(folder: &Path) -> Result<Migrator> {
    Migrator::new(folder).await.with_context(|| format!("could not read {}", folder.display()))
}

async fn run(
    mut migrator: Migrator,
    history: Option<&str>,
    schema: Option<&'static str>,
    connection: &mut PgConnection,
) -> Result<()> {
    if let Some(history) = history {
        migrator.dangerous_set_table_name(history.to_owned());
    }
    if let Some(schema) = schema {
        migrator.create_schema(schema);
    }
    Ok(migrator.run(connection).await?)
}
