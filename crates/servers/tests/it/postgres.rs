//! PostgreSQL keeps what was committed, whatever ends it.

use labelmesh_servers::{Durability, Postgres, Tools};
use sqlx::{Connection, Executor, PgConnection};

async fn count(postgres: &Postgres) -> i64 {
    let mut connection = PgConnection::connect(&postgres.admin_url()).await.expect("a connection");
    sqlx::query_scalar("SELECT count(*) FROM kept").fetch_one(&mut connection).await.expect("a count")
}

async fn insert(postgres: &Postgres) {
    let mut connection = PgConnection::connect(&postgres.admin_url()).await.expect("a connection");
    connection.execute("CREATE TABLE IF NOT EXISTS kept (value int)").await.expect("a table");
    connection.execute("INSERT INTO kept VALUES (1)").await.expect("a row");
}

#[tokio::test]
async fn keeps_committed_rows_over_a_kill_and_a_stop() {
    for durability in [Durability::Full, Durability::None] {
        let mut postgres = Postgres::start(&Tools::locate(), None, durability).await.expect("a server");
        let url = postgres.admin_url();
        insert(&postgres).await;

        postgres.kill().await.expect("a kill");
        assert!(PgConnection::connect(&url).await.is_err(), "a killed server answers");
        postgres.restart().await.expect("a restart after a kill");
        assert_eq!(postgres.admin_url(), url);
        assert_eq!(count(&postgres).await, 1);

        insert(&postgres).await;
        postgres.stop().await.expect("a stop");
        postgres.restart().await.expect("a restart after a stop");
        assert_eq!(count(&postgres).await, 2);
    }
}

#[tokio::test]
async fn keeps_a_given_folder_and_lends_it_to_one_at_a_time() {
    let parent = tempfile::tempdir().expect("a temporary folder"); // 0700: as below root's home
    let folder = parent.path().join("data/postgres");
    let tools = Tools::locate();
    let first = Postgres::start(&tools, Some(folder.clone()), Durability::Full).await.expect("a server");
    insert(&first).await;

    let second = Postgres::start(&tools, Some(folder.clone()), Durability::Full).await;
    let message = second.expect_err("two servers on one folder").to_string();
    assert!(message.contains("is in use"), "{message}");

    drop(first);
    let again = Postgres::start(&tools, Some(folder), Durability::Full).await.expect("a server on kept data");
    assert_eq!(count(&again).await, 1);
}

#[tokio::test]
async fn starts_although_a_dead_servers_number_belongs_to_another_process_now() {
    let parent = tempfile::tempdir().expect("a temporary folder");
    let folder = parent.path().join("postgres");
    let tools = Tools::locate();
    let mut first = Postgres::start(&tools, Some(folder.clone()), Durability::Full).await.expect("a server");
    insert(&first).await;
    let note = folder.join("cluster/postmaster.pid");
    let text = std::fs::read_to_string(&note).expect("the note");
    first.stop().await.expect("a stop");
    drop(first);
    let own = std::process::id().to_string();
    let number = text.lines().next().expect("a line");
    std::fs::write(&note, text.replacen(number, &own, 1)).expect("a stale note");

    let again = Postgres::start(&tools, Some(folder), Durability::Full).await.expect("a server");
    assert_eq!(count(&again).await, 1);
}

#[tokio::test]
async fn removes_its_temporary_folder_and_wants_a_password() {
    let postgres = Postgres::start(&Tools::locate(), None, Durability::None).await.expect("a server");
    let folder = postgres.folder().expect("a folder").to_owned();
    assert!(folder.exists());
    let mut url = url::Url::parse(&postgres.url("postgres")).expect("a URL");
    url.set_password(Some("wrong")).expect("a password");
    assert!(PgConnection::connect(url.as_str()).await.is_err(), "any password will do");

    drop(postgres);
    assert!(!folder.exists());
}

#[tokio::test]
async fn will_not_stop_a_server_of_somebody_else() {
    let mut postgres = Postgres::external("postgres://me:secret@db.example:5433/postgres").expect("a URL");
    assert_eq!(postgres.url("users"), "postgres://me:secret@db.example:5433/users");
    assert!(postgres.kill().await.is_err());
    assert!(postgres.restart().await.is_err());
}
