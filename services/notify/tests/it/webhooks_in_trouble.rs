//! Endpoints that are slow, ill, dead or gone, and what that does to others: nothing.

use std::collections::HashSet;

use chrono::TimeDelta;
use labelmesh_errors::{Reason, reason_of};
use labelmesh_proto::notify::v1::{
    DeliveryState, ListWebhooksRequest, RedeliverDeliveryRequest, UpdateWebhookRequest, WebhookState,
};
use labelmesh_testkit::{Mood, until};

use crate::{
    receiver::{Manner, Owner, Receiver},
    support::World,
    webhooks::state,
};

#[tokio::test]
async fn what_is_not_taken_is_tried_again_later_under_the_same_id() {
    let world = World::new().await;
    let notify = world.start().await;
    let receiver = Receiver::start().await;
    let ada = Owner::of(&world, &notify, world.user("Ada")).await;
    let webhook_id = ada.webhook(&receiver.url("/hook")).await;
    receiver.behave("/hook", Manner::Answer(503));
    world.publish_completions(&[world.completion(ada.user_id, "Cats")]).await;
    let failed = |attempts| move |delivery: &_| pending_after(delivery, attempts);
    let first = ada.wait_for(&webhook_id, "a failed attempt", failed(1)).await;
    assert_eq!(first.attempts[0].error, "the status of the answer is not 2xx");

    // A redirect is not followed and is no success either.
    receiver.behave("/hook", Manner::Away);
    world.clock.advance(TimeDelta::seconds(5));
    ada.wait_for(&webhook_id, "another one", failed(2)).await;
    receiver.behave("/hook", Manner::Answer(204));
    world.clock.advance(TimeDelta::seconds(10));
    let delivered = |delivery: &_| state(delivery) == DeliveryState::Delivered;
    let last = ada.wait_for(&webhook_id, "its delivery", delivered).await;

    assert_eq!(last.attempts.iter().map(|attempt| attempt.status).collect::<Vec<_>>(), [204, 307, 503]);
    let ids: HashSet<_> = receiver.seen("/hook").iter().map(|seen| seen.header("webhook-id").to_owned()).collect();
    assert_eq!(ids, HashSet::from([last.delivery_id]));
}

fn pending_after(delivery: &labelmesh_proto::notify::v1::WebhookDelivery, attempts: usize) -> bool {
    state(delivery) == DeliveryState::Pending && delivery.attempts.len() == attempts
}

#[tokio::test]
async fn an_endpoint_that_asks_for_time_is_let_alone_and_then_gets_everything_at_once() {
    let world = World::new().await;
    let notify = world.start().await;
    let receiver = Receiver::start().await;
    let ada = Owner::of(&world, &notify, world.user("Ada")).await;
    let webhook_id = ada.webhook(&receiver.url("/hook")).await;
    receiver.behave("/hook", Manner::Busy(600));
    world.publish_completions(&[world.completion(ada.user_id, "First")]).await;
    ada.wait_for(&webhook_id, "a failed attempt", |delivery| pending_after(delivery, 1)).await;
    receiver.behave("/hook", Manner::Answer(200));
    let more: Vec<_> = (0..9).map(|_| world.completion(ada.user_id, "More")).collect();
    world.publish_completions(&more).await;

    // A webhook of its own shows that there was time enough.
    let other = Owner::of(&world, &notify, world.user("Bela")).await;
    other.webhook(&receiver.url("/other")).await;
    world.clock.advance(TimeDelta::seconds(599));
    world.publish_completions(&[world.completion(other.user_id, "Other")]).await;
    receiver.wait_for("/other", 1).await;
    assert_eq!(receiver.seen("/hook").len(), 1);

    world.clock.advance(TimeDelta::seconds(1));
    receiver.wait_for("/hook", 11).await;
    until("all deliveries", async || {
        let deliveries = ada.deliveries(&webhook_id).await;
        deliveries.iter().all(|delivery| state(delivery) == DeliveryState::Delivered).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_webhook_that_is_gone_is_disabled_and_its_owner_told() {
    let world = World::new().await;
    let notify = world.start().await;
    let receiver = Receiver::start().await;
    let mut ada = Owner::of(&world, &notify, world.user("Ada")).await;
    let webhook_id = ada.webhook(&receiver.url("/hook")).await;
    receiver.behave("/hook", Manner::Answer(410));

    world.publish_completions(&[world.completion(ada.user_id, "Cats")]).await;

    let mails = world.mail.wait_until(crate::support::SOON, |mails| mails.len() >= 2).await;
    let told = mails.iter().find(|mail| mail.subject.contains("webhook")).expect("a mail about the webhook");
    assert_eq!(told.subject, "Your webhook at “127.0.0.1” is told nothing more");
    assert!(told.text.contains("410 Gone") && told.text.contains(&webhook_id), "{}", told.text);
    assert_eq!(state(&ada.deliveries(&webhook_id).await[0]), DeliveryState::Failed);
    let listed = ada.client.list_webhooks(ada.asks(ListWebhooksRequest {})).await.expect("a list").into_inner();
    assert_eq!(listed.webhooks[0].state(), WebhookState::Disabled);
}

#[tokio::test]
async fn a_webhook_that_takes_nothing_for_a_day_is_paused_and_goes_on_when_its_owner_says_so() {
    let world = World::new().await;
    let notify = world.start().await;
    let receiver = Receiver::start().await;
    let mut ada = Owner::of(&world, &notify, world.user("Ada")).await;
    let webhook_id = ada.webhook(&receiver.url("/hook")).await;
    receiver.behave("/hook", Manner::Answer(500));
    world.publish_completions(&[world.completion(ada.user_id, "Cats")]).await;
    let delivery = ada.wait_for(&webhook_id, "a failed attempt", |delivery| pending_after(delivery, 1)).await;
    world.wait_for_deliveries(&[("sent", 0)]).await;

    world.clock.advance(TimeDelta::hours(24));
    let failed = |delivery: &_| state(delivery) == DeliveryState::Failed;
    ada.wait_for(&webhook_id, "the end of trying", failed).await;
    let mails = world.mail.wait_until(crate::support::SOON, |mails| mails.len() >= 2).await;
    assert!(mails.iter().any(|mail| mail.text.contains("has taken nothing for a day")), "its owner is not told");

    // It is told nothing more until it is enabled.
    world.publish_completions(&[world.completion(ada.user_id, "Dogs")]).await;
    world.mails(3).await;
    assert_eq!(ada.deliveries(&webhook_id).await.len(), 1);
    let again = RedeliverDeliveryRequest { webhook_id: webhook_id.clone(), delivery_id: delivery.delivery_id.clone() };
    let refused = ada.client.redeliver_delivery(ada.asks(again.clone())).await.expect_err("it is paused");
    assert_eq!(reason_of(&refused), Some(Reason::WebhookNotEnabled));

    receiver.behave("/hook", Manner::Answer(200));
    let enable = UpdateWebhookRequest { webhook_id: webhook_id.clone(), enabled: Some(true), ..Default::default() };
    let enabled = ada.client.update_webhook(ada.asks(enable)).await.expect("it is enabled").into_inner();
    assert_eq!((enabled.state(), enabled.failing_since), (WebhookState::Enabled, None));
    ada.client.redeliver_delivery(ada.asks(again)).await.expect("it is made again");
    let delivered = |delivery: &_| state(delivery) == DeliveryState::Delivered;
    assert_eq!(ada.wait_for(&webhook_id, "its delivery", delivered).await.delivery_id, delivery.delivery_id);
}

#[tokio::test]
async fn a_slow_endpoint_gets_a_few_messages_at_once_and_holds_up_nobody() {
    let world = World::new().await;
    let notify = (world.start().await, world.start().await);
    let receiver = Receiver::start().await;
    let ada = Owner::of(&world, &notify.0, world.user("Ada")).await;
    let bela = Owner::of(&world, &notify.1, world.user("Bela")).await;
    ada.webhook(&receiver.url("/slow")).await;
    bela.webhook(&receiver.url("/quick")).await;
    receiver.behave("/slow", Manner::Hang);
    let slow: Vec<_> = (0..100).map(|_| world.completion(ada.user_id, "Cats")).collect();
    world.publish_completions(&slow).await;
    receiver.wait_for("/slow", 4).await;

    let quick: Vec<_> = (0..100).map(|_| world.completion(bela.user_id, "Dogs")).collect();
    world.publish_completions(&quick).await;

    receiver.wait_for("/quick", 100).await;
    assert_eq!(receiver.seen("/slow").len(), 4, "four at once, from both replicas");
    receiver.let_go();
    receiver.wait_for("/slow", 100).await;
}

#[tokio::test]
async fn a_mail_server_that_hangs_holds_up_no_webhook() {
    let world = World::new().await;
    let notify = world.start().await;
    let receiver = Receiver::start().await;
    let ada = Owner::of(&world, &notify, world.user("Ada")).await;
    ada.webhook(&receiver.url("/hook")).await;
    world.mail.set_mood(Mood::Stall);

    let completions: Vec<_> = (0..40).map(|_| world.completion(ada.user_id, "Cats")).collect();
    world.publish_completions(&completions).await;

    receiver.wait_for("/hook", 40).await;
    assert!(world.mail.messages().is_empty());
    world.mail.set_mood(Mood::Accept);
    world.mails(40).await;
}

#[tokio::test]
async fn an_endpoint_that_hangs_holds_up_no_mail() {
    let world = World::new().await;
    let notify = world.start().await;
    let receiver = Receiver::start().await;
    let ada = Owner::of(&world, &notify, world.user("Ada")).await;
    ada.webhook(&receiver.url("/hook")).await;
    receiver.behave("/hook", Manner::Hang);

    let completions: Vec<_> = (0..40).map(|_| world.completion(ada.user_id, "Cats")).collect();
    world.publish_completions(&completions).await;

    world.mails(40).await;
    receiver.let_go();
    receiver.wait_for("/hook", 40).await;
}

/// The replica dies while the endpoint thinks.
#[test]
fn a_replica_killed_in_mid_post_loses_no_message_and_the_second_copy_is_recognisable() {
    let survivor = tokio::runtime::Runtime::new().expect("a runtime");
    let victim = tokio::runtime::Runtime::new().expect("a runtime");
    survivor.block_on(async {
        let world = World::new().await;
        let receiver = Receiver::start().await;
        receiver.behave("/hook", Manner::Hang);
        let config = world.config();
        let surroundings = labelmesh_service::Surroundings { clock: world.clock.clone(), random: world.random.clone() };
        let killed = victim.spawn(async move { notify::start(config, surroundings).await.expect("notify starts") });
        let killed = killed.await.expect("a task");
        let ada = Owner::of(&world, &killed, world.user("Ada")).await;
        let webhook_id = ada.webhook(&receiver.url("/hook")).await;
        std::mem::forget(killed);
        world.publish_completions(&[world.completion(ada.user_id, "Cats")]).await;
        receiver.wait_for("/hook", 1).await;
        victim.shutdown_background();

        receiver.let_go();
        let notify = world.start().await;
        let ada = Owner::of(&world, &notify, ada.user_id).await;
        assert!(pending_after(&ada.deliveries(&webhook_id).await[0], 0));
        world.clock.advance(TimeDelta::seconds(46));
        let delivered = |delivery: &_| state(delivery) == DeliveryState::Delivered;
        let delivery = ada.wait_for(&webhook_id, "its delivery", delivered).await;
        let both = receiver.seen("/hook");
        assert_eq!(both.len(), 2);
        assert!(both.iter().all(|seen| seen.header("webhook-id") == delivery.delivery_id));
    });
}
