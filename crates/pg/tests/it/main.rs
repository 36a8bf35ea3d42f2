//! The database crate against a real server.

mod full;
mod migrations;
mod pages;
mod pooler;
mod requests;
mod stale;
mod transactions;

use labelmesh_testkit::TestDatabase;

/// A service with one table.
async fn migrate(owner_url: &str) -> anyhow::Result<()> {
    Ok(labelmesh_pg::migrate(owner_url, migrations::own(1), "pgtest").await?)
}

async fn database() -> TestDatabase {
    TestDatabase::create("pgtest", migrate).await
}
