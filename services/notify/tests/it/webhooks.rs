//! From events to the endpoints of webhooks.

use std::{path::Path, process::Command};

use chrono::TimeDelta;
use labelmesh_clock::Clock;
use labelmesh_proto::notify::v1::{
    DeleteWebhookRequest, DeliveryState, ListWebhooksRequest, NotificationKind, RedeliverDeliveryRequest,
    RotateWebhookSecretRequest, TestWebhookRequest, UpdateWebhookRequest,
};
use labelmesh_seal::SealKey;
use labelmesh_testkit::{Tools, until};
use notify::Config;

use crate::{
    receiver::{Owner, Receiver, Seen},
    support::World,
};

/// Lets the reference library of Standard Webhooks verify a message.
fn verified(seen: &Seen, secret: &str) -> bool {
    const SCRIPT: &str = "import sys, standardwebhooks\n\
        names = ('webhook-id', 'webhook-timestamp', 'webhook-signature')\n\
        try: standardwebhooks.Webhook(sys.argv[1]).verify(sys.argv[2], dict(zip(names, sys.argv[3:])))\n\
        except standardwebhooks.WebhookVerificationError: sys.exit(3)\n";
    let clients = Tools::locate().python_clients().expect("./dev parts has fetched them");
    let names = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    let mut python = Command::new("python3");
    python.args(["-c", SCRIPT, secret, &seen.body]).args(names.map(|name| seen.header(name)));
    let status = python.env("PYTHONPATH", Path::new(&clients)).status().expect("python3 runs");
    assert!(matches!(status.code(), Some(0 | 3)), "the library could not be asked: {status}");
    status.success()
}

#[tokio::test]
async fn a_completed_task_is_posted_once_signed_and_written_down() {
    let world = World::at(Clock::system()).await;
    let notify = (world.start().await, world.start().await);
    let receiver = Receiver::start().await;
    let ada = Owner::of(&world, &notify.0, world.user("Ada")).await;
    let created = ada.create(&receiver.url("/hook")).await.expect("a webhook");
    let webhook_id = created.webhook.expect("it is told").webhook_id;

    let completed = world.completion(ada.user_id, "Cats");
    world.publish_completions(&[completed.clone(), completed.clone()]).await;

    let seen = receiver.wait_for("/hook", 1).await.remove(0);
    let delivered = |delivery: &_| state(delivery) == DeliveryState::Delivered;
    let delivery = ada.wait_for(&webhook_id, "its delivery", delivered).await;
    assert_eq!(seen.header("webhook-id"), delivery.delivery_id);
    assert_eq!((seen.header("content-type"), &seen.body), ("application/json", &delivery.payload));
    let told: serde_json::Value = serde_json::from_str(&seen.body).expect("JSON");
    assert_eq!(told["type"], "task.completed");
    assert_eq!(told["data"]["task_id"], completed.task_id.as_str());
    assert_eq!(told["data"]["contested"], 4);
    assert!(!seen.body.contains("Cats"), "ids and counts alone: {}", seen.body);
    assert!(verified(&seen, &created.secret), "{seen:?}");
    assert!(!verified(&Seen { body: seen.body.replace('4', "5"), ..seen.clone() }, &created.secret));
    let attempt = &delivery.attempts[0];
    assert_eq!((delivery.attempts.len(), attempt.status, attempt.error.as_str()), (1, 200, ""));
    assert_eq!(attempt.answer, "as told ");
    world.wait_for_deliveries(&[("sent", 0)]).await;
    assert_eq!(receiver.seen("/hook").len(), 1);
}

#[tokio::test]
async fn the_key_that_seals_secrets_is_replaced_and_they_stay_good() {
    let world = World::at(Clock::system()).await;
    let sealed_with = |keys: &[u8]| {
        let keys: Vec<_> = keys.iter().map(|byte| SealKey::from([*byte; 32])).collect();
        Config { webhook_key: keys.try_into().expect("different ones"), ..world.config() }
    };
    let before = world.start_with(sealed_with(&[8])).await;
    let receiver = Receiver::start().await;
    let ada = Owner::of(&world, &before, world.user("Ada")).await;
    let created = ada.create(&receiver.url("/hook")).await.expect("a webhook");
    before.shutdown().await.expect("it stops");

    let stored = async || {
        let secret = sqlx::query_scalar::<_, Vec<u8>>("SELECT secret FROM webhook").fetch_one(&world.pool);
        secret.await.expect("a webhook")
    };
    let old = stored().await;
    let both = world.start_with(sealed_with(&[9, 8])).await;
    until("the secret to be sealed anew", async || (stored().await != old).then_some(())).await;
    let anew = stored().await;
    both.shutdown().await.expect("it stops");

    let after = world.start_with(sealed_with(&[9])).await;
    world.publish_completions(&[world.completion(ada.user_id, "Cats")]).await;
    let seen = receiver.wait_for("/hook", 1).await.remove(0);
    assert!(verified(&seen, &created.secret), "{seen:?}");
    assert_eq!(stored().await, anew, "once was enough");
    drop(after);
}

#[tokio::test]
async fn two_secrets_are_good_for_a_day_after_a_new_one_was_made() {
    let world = World::at(Clock::system()).await;
    let notify = world.start().await;
    let receiver = Receiver::start().await;
    let mut ada = Owner::of(&world, &notify, world.user("Ada")).await;
    let first = ada.create(&receiver.url("/hook")).await.expect("a webhook");
    let webhook_id = first.webhook.expect("it is told").webhook_id;
    let rotate = ada.asks(RotateWebhookSecretRequest { webhook_id: webhook_id.clone() });
    let second = ada.client.rotate_webhook_secret(rotate).await.expect("a secret").into_inner();
    let until = second.webhook.expect("it is told").old_secret_until.expect("the first is good");
    assert!((world.clock.now().timestamp() + 86_400 - until.seconds).abs() < 60, "{until:?}");

    let test = ada.asks(TestWebhookRequest { webhook_id: webhook_id.clone() });
    let delivery = ada.client.test_webhook(test).await.expect("a test").into_inner();

    let seen = receiver.wait_for("/hook", 1).await.remove(0);
    assert_eq!((seen.header("webhook-id"), delivery.r#type.as_str()), (&*delivery.delivery_id, "webhook.test"));
    assert!(verified(&seen, &first.secret) && verified(&seen, &second.secret), "{seen:?}");
    let sealed: Vec<Vec<u8>> =
        sqlx::query_scalar("SELECT secret FROM webhook").fetch_all(&world.pool).await.expect("the table is read");
    assert!(sealed.iter().all(|sealed| sealed.len() == 24 + 32 + 16), "sealed, with a nonce and a tag");
}

#[tokio::test]
async fn the_old_secret_signs_no_longer_than_a_day() {
    let world = World::new().await;
    let notify = world.start().await;
    let receiver = Receiver::start().await;
    let mut ada = Owner::of(&world, &notify, world.user("Ada")).await;
    let webhook_id = ada.webhook(&receiver.url("/hook")).await;
    let rotate = ada.asks(RotateWebhookSecretRequest { webhook_id: webhook_id.clone() });
    ada.client.rotate_webhook_secret(rotate).await.expect("a secret");
    world.publish_completions(&[world.completion(ada.user_id, "Cats")]).await;
    receiver.wait_for("/hook", 1).await;

    world.clock.advance(TimeDelta::hours(24));
    world.publish_completions(&[world.completion(ada.user_id, "Dogs")]).await;

    let seen = receiver.wait_for("/hook", 2).await;
    let signatures = seen.iter().map(|seen| seen.header("webhook-signature").split(' ').count());
    assert_eq!(signatures.collect::<Vec<_>>(), [2, 1]);
}

#[tokio::test]
async fn webhooks_are_told_of_what_they_ask_for_and_of_their_owners_alone() {
    let world = World::new().await;
    let notify = world.start().await;
    let receiver = Receiver::start().await;
    let mut ada = Owner::of(&world, &notify, world.user("Ada")).await;
    let bela = Owner::of(&world, &notify, world.user("Bela")).await;
    ada.webhook(&receiver.url("/all")).await;
    world.clock.advance(TimeDelta::seconds(1));
    let picky = ada.webhook(&receiver.url("/picky")).await;
    bela.webhook(&receiver.url("/bela")).await;
    let kinds = vec![NotificationKind::OperatorPaused.into()];
    let update = UpdateWebhookRequest { webhook_id: picky.clone(), kinds: kinds.clone(), ..Default::default() };
    let updated = ada.client.update_webhook(ada.asks(update)).await.expect("it is changed").into_inner();
    assert_eq!(updated.kinds, kinds);

    world.publish_completions(&[world.completion(ada.user_id, "Cats")]).await;
    world.publish_pauses(&[world.pause(ada.user_id, "Dogs")]).await;

    receiver.wait_for("/all", 2).await;
    let seen = receiver.wait_for("/picky", 1).await;
    assert!(seen[0].body.contains("operator.paused"), "{}", seen[0].body);
    world.wait_for_deliveries(&[("sent", 0); 2]).await;
    assert_eq!((receiver.seen("/picky").len(), receiver.seen("/bela").len()), (1, 0));

    let listed = ada.client.list_webhooks(ada.asks(ListWebhooksRequest {})).await.expect("a list").into_inner();
    assert_eq!(listed.webhooks.iter().map(|webhook| webhook.webhook_id.as_str()).next(), Some(&*picky));
    for _ in 0..2 {
        let delete = ada.asks(DeleteWebhookRequest { webhook_id: picky.clone() });
        ada.client.delete_webhook(delete).await.expect("it is deleted");
    }
    let listed = ada.client.list_webhooks(ada.asks(ListWebhooksRequest {})).await.expect("a list").into_inner();
    assert_eq!(listed.webhooks.len(), 1);
}

#[tokio::test]
async fn what_was_delivered_is_delivered_again_under_the_same_id() {
    let world = World::new().await;
    let notify = world.start().await;
    let receiver = Receiver::start().await;
    let mut ada = Owner::of(&world, &notify, world.user("Ada")).await;
    let webhook_id = ada.webhook(&receiver.url("/hook")).await;
    world.publish_completions(&[world.completion(ada.user_id, "Cats")]).await;
    let delivered = |delivery: &_| state(delivery) == DeliveryState::Delivered;
    let delivery_id = ada.wait_for(&webhook_id, "its delivery", delivered).await.delivery_id;

    let again = RedeliverDeliveryRequest { webhook_id: webhook_id.clone(), delivery_id: delivery_id.clone() };
    let again = ada.client.redeliver_delivery(ada.asks(again)).await.expect("it is made again").into_inner();
    assert_eq!((state(&again), &again.delivery_id), (DeliveryState::Pending, &delivery_id));

    let seen = receiver.wait_for("/hook", 2).await;
    assert!(seen.iter().all(|seen| seen.header("webhook-id") == delivery_id), "{seen:?}");
    assert_eq!(seen[0].body, seen[1].body);
    let twice = |delivery: &_| delivered(delivery) && delivery.attempts.len() == 2;
    ada.wait_for(&webhook_id, "both attempts", twice).await;
}

/// The state of a delivery.
pub(crate) fn state(delivery: &labelmesh_proto::notify::v1::WebhookDelivery) -> DeliveryState {
    delivery.state()
}
