//! A database of its own for each test.

use labelmesh_parts::{Durability, Postgres, Tools};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, PgPool};
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;

static SERVER: OnceCell<Postgres> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(0);

async fn server() -> &'static Postgres {
    SERVER
        .get_or_init(|| async {
            let server = match Postgres::from_env() {
                Some(server) => server.expect("a URL"),
                None => Postgres::start(&Tools::locate(), None, Durability::None).await.expect("a server"),
            };
            let mut admin = PgConnection::connect(&server.admin_url()).await.expect("connects");
            for sql in [
                "DROP DATABASE IF EXISTS template_subtasks",
                "CREATE DATABASE template_subtasks",
                "DO $$ BEGIN CREATE ROLE subtasks LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
            ] {
                sqlx::raw_sql(sql).execute(&mut admin).await.expect("prepares");
            }
            labelmesh_pg::migrate(&server.url("template_subtasks"), sqlx::migrate!(), "subtasks")
                .await
                .expect("migrates");
            server
        })
        .await
}

/// A fresh, migrated database.
pub(crate) async fn fresh() -> PgPool {
    let server = server().await;
    let name = format!("subtasks_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let mut admin = PgConnection::connect(&server.admin_url()).await.expect("connects");
    let sql = format!("CREATE DATABASE {name} TEMPLATE template_subtasks");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut admin).await.expect("creates");
    labelmesh_pg::connect(&labelmesh_pg::Config::new(server.url(&name)), "test").expect("a URL")
}
