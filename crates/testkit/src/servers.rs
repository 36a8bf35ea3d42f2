//! The servers: those that the environment names, else one of each for all tests of a process.

use labelmesh_clock::Random;
use labelmesh_servers::{Durability, Mail, Nats, Postgres, S3, Tools};
use tokio::sync::OnceCell;

/// The shared PostgreSQL server.
pub(crate) async fn postgres() -> &'static Postgres {
    static SHARED: OnceCell<Postgres> = OnceCell::const_new();
    let start = || async {
        match Postgres::from_env() {
            Some(given) => given.expect("LABELMESH_POSTGRES_URL is a URL"),
            None => own_postgres(Durability::None).await,
        }
    };
    SHARED.get_or_init(start).await
}

/// The shared S3 server.
pub(crate) async fn s3() -> &'static S3 {
    static SHARED: OnceCell<S3> = OnceCell::const_new();
    let start = || async {
        match S3::from_env() {
            Some(given) => given.expect("LABELMESH_S3_ENDPOINT comes with keys"),
            None => S3::start(None).await.expect("S3 starts"),
        }
    };
    SHARED.get_or_init(start).await
}

/// A PostgreSQL server for one test alone, to be killed and restarted.
///
/// # Panics
/// If it does not start.
pub async fn own_postgres(durability: Durability) -> Postgres {
    Postgres::start(&Tools::locate(), None, durability).await.expect("PostgreSQL starts")
}

/// A NATS server for one test alone, to be killed and restarted. It takes some 25 ms and 14 MB.
///
/// # Panics
/// If it does not start.
pub async fn own_nats() -> Nats {
    Nats::start(&Tools::locate(), None).await.expect("NATS starts")
}

/// A mail catcher for one test alone.
///
/// # Panics
/// If it does not start.
pub async fn mail() -> Mail {
    Mail::start(None).await.expect("the mail catcher starts")
}

/// A name that nothing else on the shared servers has: letters and digits, beginning with a letter.
#[must_use]
pub fn unique(what: &str) -> String {
    format!("{what}{}", hex::encode(Random::system().bytes::<8>()))
}
