//! Starts PostgreSQL, NATS and S3 on temporary data, prints the variables that lead others to them, and stops them
//! on Ctrl-C: for running one crate's tests many times against servers that stay.

use labelmesh_servers::{Durability, Error, Nats, Postgres, S3, Tools};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> Result<(), Error> {
    // Before anybody can know that we run, so that nobody's signal finds us without a handler.
    let mut interrupt = signal(SignalKind::interrupt()).expect("a handler can be installed");
    let mut terminate = signal(SignalKind::terminate()).expect("a handler can be installed");
    let tools = Tools::locate();
    let postgres = Postgres::start(&tools, None, Durability::None).await?;
    let nats = Nats::start(&tools, None).await?;
    let s3 = S3::start(None).await?;
    println!("export LABELMESH_POSTGRES_URL={}", postgres.admin_url());
    println!("export LABELMESH_NATS_URL={}", nats.url());
    println!("export LABELMESH_S3_ENDPOINT={}", s3.endpoint());
    println!("export LABELMESH_S3_ACCESS_KEY={}", s3.access_key());
    println!("export LABELMESH_S3_SECRET_KEY={}", s3.secret_key());
    println!("export LABELMESH_S3_READ_ONLY_ACCESS_KEY={}", s3.keys().read_only_access_key);
    println!("export LABELMESH_S3_READ_ONLY_SECRET_KEY={}", s3.keys().read_only_secret_key);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
