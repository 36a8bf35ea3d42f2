//! What can't be a webhook, and whose it isn't.

use labelmesh_errors::{Reason, reason_of};
use labelmesh_proto::notify::v1::{
    CreateWebhookRequest, ListDeliveriesRequest, NotificationKind, RotateWebhookSecretRequest, TestWebhookRequest,
    UpdateWebhookRequest,
};
use tonic_types::StatusExt as _;

use crate::{
    receiver::{Owner, Receiver},
    support::World,
};

#[tokio::test]
async fn addresses_that_may_not_be_called_are_refused_by_name() {
    let world = World::new().await;
    let notify = world.start().await;
    let ada = Owner::of(&world, &notify, world.user("Ada")).await;
    for url in [
        "receiver.example",
        "ftp://receiver.example/",
        "https://ada:secret@receiver.example/",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:8080/",
        "http://[::ffff:10.0.0.1]/",
        "http://2852039166/",
        "http://0xa9.0xfe.0xa9.0xfe/",
    ] {
        let refused = ada.create(url).await.expect_err(url);
        assert_eq!(reason_of(&refused), Some(Reason::FieldInvalid), "{url}");
        let details = refused.get_details_bad_request().expect("which field");
        assert_eq!(details.field_violations[0].field, "url", "{url}");
    }
    let none: i64 =
        sqlx::query_scalar("SELECT count(*) FROM webhook").fetch_one(&world.pool).await.expect("the table is read");
    assert_eq!(none, 0, "what is refused writes nothing");
}

/// A name is judged when it is called: by then it may stand for something else.
#[tokio::test]
async fn a_name_that_stands_for_an_address_that_is_not_public_is_never_called() {
    let world = World::new().await;
    let mut config = world.config();
    config.outbound.allow.clear();
    let notify = world.start_with(config).await;
    let receiver = Receiver::start().await;
    let ada = Owner::of(&world, &notify, world.user("Ada")).await;
    let webhook_id = ada.webhook(&receiver.url("/hook").replace("127.0.0.1", "localhost")).await;

    world.publish_completions(&[world.completion(ada.user_id, "Cats")]).await;

    let tried = |delivery: &labelmesh_proto::notify::v1::WebhookDelivery| delivery.attempts.len() == 1;
    let delivery = ada.wait_for(&webhook_id, "an attempt", tried).await;
    assert_eq!(delivery.attempts[0].error, "the host has an address that is not public");
    assert!(receiver.seen("/hook").is_empty());
}

#[tokio::test]
async fn twenty_webhooks_are_enough_for_anybody() {
    let world = World::new().await;
    let notify = world.start().await;
    let ada = Owner::of(&world, &notify, world.user("Ada")).await;
    for number in 0..20 {
        ada.webhook(&format!("https://receiver.example/{number}")).await;
    }
    let refused = ada.create("https://receiver.example/more").await.expect_err("the last one");
    assert_eq!(reason_of(&refused), Some(Reason::QuotaUsedUp));
    let bela = Owner::of(&world, &notify, world.user("Bela")).await;
    bela.webhook("https://receiver.example/").await;
}

#[tokio::test]
async fn what_is_another_s_is_not_there() {
    let world = World::new().await;
    let notify = world.start().await;
    let ada = Owner::of(&world, &notify, world.user("Ada")).await;
    let mut bela = Owner::of(&world, &notify, world.user("Bela")).await;
    let webhook_id = ada.webhook("https://receiver.example/").await;

    let update = UpdateWebhookRequest { webhook_id: webhook_id.clone(), enabled: Some(false), ..Default::default() };
    let refusals = [
        bela.client.update_webhook(bela.asks(update)).await.expect_err("foreign"),
        bela.client
            .rotate_webhook_secret(bela.asks(RotateWebhookSecretRequest { webhook_id: webhook_id.clone() }))
            .await
            .expect_err("foreign"),
        bela.client
            .test_webhook(bela.asks(TestWebhookRequest { webhook_id: webhook_id.clone() }))
            .await
            .expect_err("foreign"),
        bela.client
            .list_deliveries(bela.asks(ListDeliveriesRequest { webhook_id, ..Default::default() }))
            .await
            .expect_err("foreign"),
    ];
    for refused in refusals {
        assert_eq!(reason_of(&refused), Some(Reason::NotFound));
    }
}

#[tokio::test]
async fn a_webhook_is_not_told_of_its_own_end() {
    let world = World::new().await;
    let notify = world.start().await;
    let mut ada = Owner::of(&world, &notify, world.user("Ada")).await;
    let kinds = vec![NotificationKind::WebhookPaused.into()];
    let request = CreateWebhookRequest { url: "https://receiver.example/".to_owned(), kinds };
    let refused = ada.client.create_webhook(ada.asks(request)).await.expect_err("no such kind");
    assert_eq!(refused.get_details_bad_request().expect("which field").field_violations[0].field, "kinds[0]");
}
