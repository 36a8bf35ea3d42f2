//! NATS keeps what it acknowledged, whatever ends it.

use async_nats::jetstream::{self, stream::Config};
use async_nats::{Client, ConnectError, ConnectErrorKind, ConnectOptions};
use futures::StreamExt;
use labelmesh_servers::{Nats, Tools};

async fn connect(nats: &Nats, user: &str) -> Result<Client, ConnectError> {
    let seed = nats.credentials(user).expect("a user of the contract").to_owned();
    ConnectOptions::with_nkey(seed).custom_inbox_prefix(format!("_INBOX.{user}")).connect(nats.url()).await
}

async fn jetstream(nats: &Nats) -> jetstream::Context {
    jetstream::new(connect(nats, "administrator").await.expect("a connection"))
}

async fn publish(nats: &Nats) {
    let jetstream = jetstream(nats).await;
    let config = Config { name: "KEPT".to_owned(), subjects: vec!["kept".to_owned()], ..Config::default() };
    jetstream.get_or_create_stream(config).await.expect("a stream");
    let acknowledged = jetstream.publish("kept", "value".into()).await.expect("a publication");
    acknowledged.await.expect("an acknowledgement");
}

async fn count(nats: &Nats) -> u64 {
    let stream = jetstream(nats).await.get_stream("KEPT").await.expect("the stream");
    stream.get_info().await.expect("its state").state.messages
}

#[tokio::test]
async fn keeps_acknowledged_messages_over_a_kill_and_a_stop() {
    let mut nats = Nats::start(&Tools::locate(), None).await.expect("a server");
    let url = nats.url().to_owned();
    publish(&nats).await;

    nats.kill().await.expect("a kill");
    nats.restart().await.expect("a restart after a kill");
    assert_eq!(nats.url(), url);
    assert_eq!(count(&nats).await, 1);

    publish(&nats).await;
    nats.stop().await.expect("a stop");
    nats.restart().await.expect("a restart after a stop");
    assert_eq!(count(&nats).await, 2);
}

#[tokio::test]
async fn delivers_on_core_subjects_and_keeps_a_given_folder() {
    let parent = tempfile::tempdir().expect("a temporary folder");
    let folder = parent.path().join("nats");
    let nats = Nats::start(&Tools::locate(), Some(folder.clone())).await.expect("a server");
    let client = connect(&nats, "administrator").await.expect("a connection");
    let mut hints = client.subscribe("hints").await.expect("a subscription");
    client.publish("hints", "changed".into()).await.expect("a publication");
    assert_eq!(hints.next().await.expect("a message").payload, "changed");
    publish(&nats).await;

    drop(nats);
    let again = Nats::start(&Tools::locate(), Some(folder)).await.expect("a server on kept data");
    assert_eq!(count(&again).await, 1);
}

#[tokio::test]
async fn lets_in_the_users_of_the_contract_and_nobody_else() {
    let nats = Nats::start(&Tools::locate(), None).await.expect("a server");
    for user in ["gateway", "auth", "users", "tasks", "subtasks", "notify", "renditions"] {
        connect(&nats, user).await.expect("a user");
    }
    let other = Nats::start(&Tools::locate(), None).await.expect("a server");
    let stranger = other.credentials("tasks").expect("a user of another server").to_owned();
    for options in [ConnectOptions::new(), ConnectOptions::with_nkey(stranger)] {
        let refused = options.connect(nats.url()).await.expect_err("nobody");
        assert_eq!(refused.kind(), ConnectErrorKind::AuthorizationViolation);
    }
}
