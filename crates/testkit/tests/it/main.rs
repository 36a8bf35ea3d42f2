//! What the testkit hands out is usable, private and gone afterwards.

use chrono::{DateTime, Utc};
use labelmesh_clock::Clock;
use labelmesh_identity::{Principal, Role};
use labelmesh_proto::auth::v1::{GetJwksRequest, auth_service_client::AuthServiceClient};
use labelmesh_testkit::{FakeAuth, Identities, TestBroker, TestBucket, TestDatabase, unique};
use sqlx::migrate::Migrator;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

async fn migrate(owner_url: &str) -> anyhow::Result<()> {
    Ok(labelmesh_pg::migrate(owner_url, Migrator::with_migrations(Vec::new()), "kittest").await?)
}

async fn exists(admin: &mut PgConnection, database: &str) -> bool {
    let known = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)";
    sqlx::query_scalar(known).bind(database).fetch_one(admin).await.expect("an answer")
}

/// A superuser's connection that does not count as a user of any test database.
async fn admin(database: &TestDatabase) -> PgConnection {
    let (server, _) = database.superuser_url().rsplit_once('/').expect("a URL");
    PgConnection::connect(&format!("{server}/postgres")).await.expect("a server")
}

#[tokio::test]
async fn a_database_goes_with_its_value() {
    let database = TestDatabase::create("kittest", migrate).await;
    let mut admin = admin(&database).await;
    let name: String =
        sqlx::query_scalar("SELECT current_database()::text").fetch_one(&database.pool()).await.expect("an answer");
    assert!(exists(&mut admin, &name).await);
    drop(database);
    assert!(!exists(&mut admin, &name).await);
}

#[tokio::test]
async fn what_killed_tests_left_goes_with_the_next() {
    let database = TestDatabase::create("kittest", migrate).await;
    let mut admin = admin(&database).await;
    let (old, foreign) = (unique("left"), unique("foreign"));
    for statement in [
        format!("CREATE DATABASE {old} IS_TEMPLATE true"),
        format!("COMMENT ON DATABASE {old} IS 'labelmesh test database of 1000000000'"),
        format!("CREATE DATABASE {foreign}"),
        format!("COMMENT ON DATABASE {foreign} IS 'somebody''s'"),
    ] {
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut admin).await.expect("a database");
    }
    TestDatabase::create("kittestsweep", async |url| {
        Ok(labelmesh_pg::migrate(url, Migrator::with_migrations(Vec::new()), "kittestsweep").await?)
    })
    .await;
    assert!(!exists(&mut admin, &old).await);
    assert!(exists(&mut admin, &foreign).await);
    let statement = AssertSqlSafe(format!("DROP DATABASE {foreign}"));
    sqlx::raw_sql(statement).execute(&mut admin).await.expect("cleaned up");
}

#[tokio::test]
async fn brokers_and_buckets_are_private() {
    let (one, other) = (TestBroker::create().await, TestBroker::create().await);
    assert_ne!((one.url(), one.prefix()), (other.url(), other.prefix()));
    let (one, other) = (TestBucket::create().await, TestBucket::create().await);
    one.blobs().put_if_absent("key", "bytes".into(), "text/plain").await.expect("written");
    assert!(one.blobs().get("key").await.expect("an answer").is_some());
    assert!(other.blobs().get("key").await.expect("an answer").is_none());
}

#[tokio::test]
async fn tokens_are_believed() {
    let clock = Clock::manual(DateTime::<Utc>::from_timestamp(1_790_000_000, 0).expect("a time"));
    let identities = Identities::new(&clock);
    let verifier = identities.verifier("users", &["auth"]);
    let user_id = identities.new_user();
    let user = verifier.verify(&identities.user_token(user_id, &[Role::Client])).await.expect("believed");
    assert_eq!(user.user().expect("a user").user_id, user_id);
    let service = verifier.verify(&identities.service_token("auth", "users")).await.expect("believed");
    assert_eq!(service, Principal::Service("auth".into()));

    let auth = FakeAuth::start(&identities).await;
    let mut client = AuthServiceClient::connect(auth.uri().to_string()).await.expect("a server");
    let keys = client.get_jwks(GetJwksRequest {}).await.expect("keys").into_inner();
    assert_eq!(keys.keys[0].kid, identities.user_key().id());
}
