//! What a pooler keeps from the server.

use labelmesh_pg::{Config, connect};

use crate::database;

/// The roles of the PostgreSQL that comes with the manifests, behind a pooler.
const ROLES: &str = include_str!("../../../../deploy/kubernetes/servers/postgres/cluster.yaml");
/// What PgBouncer hands on, or what changes nothing in the binary format.
const HANDED_ON: [&str; 5] = ["application_name", "client_encoding", "DateStyle", "TimeZone", "extra_float_digits"];

#[tokio::test]
async fn the_roles_behind_a_pooler_have_what_a_connection_asks_for() {
    let database = database().await;
    let pool = connect(&Config::new(database.url()), "pooler").expect("a URL");
    let asked = "SELECT name, current_setting(name) FROM pg_settings WHERE source = 'client'";
    let mut asked: Vec<(String, String)> = sqlx::query_as(asked).fetch_all(&pool).await.expect("settings");
    asked.retain(|(name, _)| !HANDED_ON.contains(&name.as_str()));
    assert_eq!(asked.len(), 5, "{asked:?}");
    for (name, value) in asked {
        assert!(ROLES.contains(&format!("SET {name} = ''{value}''")), "the manifests know no {name} = {value}");
    }
}
