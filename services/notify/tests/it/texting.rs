//! Text messages: to a number that its owner has confirmed, of what they asked for, by a gateway that holds up nobody.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use futures::TryStreamExt as _;
use labelmesh_errors::{Reason, reason_of};
use labelmesh_identity::Role;
use labelmesh_ids::UserId;
use labelmesh_proto::{
    auth::v1::LoggedIn,
    notify::v1::{
        Channel, ConfirmPhoneRequest, ExportMyNoticesRequest, GetPhoneRequest, GetPreferencesRequest, MailState,
        NoticeRecord, NotificationKind, Phone, Preference, RemovePhoneRequest, SetPhoneRequest,
        UpdatePreferencesRequest, notification_service_client::NotificationServiceClient,
        phone_service_client::PhoneServiceClient,
    },
};
use labelmesh_service::Handle;
use labelmesh_testkit::{Mood, until, with_token};
use notify::Texts;
use serde_json::Value;
use tonic::{Request, Status, transport::Channel as Connection};
use tonic_types::StatusExt as _;

use crate::{
    receiver::{Manner, Owner, Receiver, Seen},
    support::World,
};

const NUMBER: &str = "+431234567";
const GATEWAY: &str = "/send";

/// Somebody with a phone.
struct Person<'a> {
    world: &'a World,
    user_id: UserId,
    phones: PhoneServiceClient<Connection>,
    notifications: NotificationServiceClient<Connection>,
}

impl<'a> Person<'a> {
    async fn of(world: &'a World, notify: &Handle, user_id: UserId) -> Self {
        let address = format!("http://{}", notify.grpc_addr());
        let phones = PhoneServiceClient::connect(address.clone()).await.expect("a connection");
        let notifications = NotificationServiceClient::connect(address).await.expect("a connection");
        Self { world, user_id, phones, notifications }
    }

    fn asks<T>(&self, message: T) -> Request<T> {
        with_token(message, &self.world.identities.user_token(self.user_id, &[Role::Client]))
    }

    async fn phone(&self) -> Phone {
        self.phones.clone().get_phone(self.asks(GetPhoneRequest {})).await.expect("told").into_inner()
    }

    async fn set(&self, number: &str) -> Result<Phone, Status> {
        let request = self.asks(SetPhoneRequest { number: number.to_owned() });
        Ok(self.phones.clone().set_phone(request).await?.into_inner())
    }

    async fn confirm(&self, code: &str) -> Result<Phone, Status> {
        let request = self.asks(ConfirmPhoneRequest { code: code.to_owned() });
        Ok(self.phones.clone().confirm_phone(request).await?.into_inner())
    }

    async fn remove(&self) {
        self.phones.clone().remove_phone(self.asks(RemovePhoneRequest {})).await.expect("removed");
    }

    async fn prefer(&self, kind: NotificationKind, enabled: bool) -> Result<(), Status> {
        let preference = Preference { kind: kind.into(), channel: Channel::Text.into(), enabled };
        let request = self.asks(UpdatePreferencesRequest { preferences: vec![preference] });
        self.notifications.clone().update_preferences(request).await.map(drop)
    }

    /// Gives a number and confirms it by the code that comes.
    async fn has(&self, gateway: &Receiver, number: &str) {
        // Others may be texted meanwhile.
        let sent = || gateway.seen(GATEWAY).into_iter().filter(|seen| text(seen).0 == number);
        let before = sent().count();
        self.set(number).await.expect("a code is on its way");
        let code = code(&until("the code", async || sent().nth(before)).await);
        assert_eq!(self.confirm(&code).await.expect("confirmed").number, number);
    }

    async fn records(&self) -> Vec<NoticeRecord> {
        let request = self.asks(ExportMyNoticesRequest {});
        let answers = self.notifications.clone().export_my_notices(request).await.expect("a stream").into_inner();
        answers.try_collect().await.expect("to its end")
    }
}

/// A replica that texts by a gateway.
async fn start(world: &World, gateway: &Receiver) -> Handle {
    let mut config = world.config();
    config.texts = Some(Texts { token: Some("a secret".to_owned().into()), ..Texts::new(gateway.url(GATEWAY)) });
    world.start_with(config).await
}

/// What the gateway was given.
fn text(seen: &Seen) -> (String, String) {
    let body: Value = serde_json::from_str(&seen.body).expect("JSON");
    assert_eq!(seen.header("authorization"), "Bearer a secret");
    assert_eq!(seen.header("idempotency-key"), body["id"].as_str().expect("an id"));
    let part = |name: &str| body[name].as_str().expect("text").to_owned();
    (part("to"), part("text"))
}

/// The code in a text message.
fn code(seen: &Seen) -> String {
    let (_, text) = text(seen);
    text.split(' ').next().expect("a word").to_owned()
}

fn another(code: &str) -> &'static str {
    if code == "000000" { "111111" } else { "000000" }
}

/// The states of all text messages with how often each was put off.
async fn wait_for_texts(world: &World, wanted: &[&str]) {
    until(&format!("{wanted:?}"), async || {
        let found: Vec<String> = sqlx::query_scalar("SELECT state FROM text_delivery ORDER BY state")
            .fetch_all(&world.pool)
            .await
            .expect("the table is read");
        (found == wanted).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_number_is_confirmed_by_a_code_and_told_only_what_was_asked_for() {
    let (world, gateway) = (World::new().await, Receiver::start().await);
    let (notify, _other) = (start(&world, &gateway).await, start(&world, &gateway).await);
    let ada = Person::of(&world, &notify, world.user("Ada")).await;
    assert_eq!(ada.phone().await, Phone { offered: true, ..Phone::default() });
    ada.prefer(NotificationKind::TaskCompleted, true).await.expect("as wished");

    let pending = ada.set(NUMBER).await.expect("a code is on its way");
    assert_eq!((pending.number.as_str(), pending.pending_number.as_str()), ("", NUMBER));
    let seen = gateway.wait_for(GATEWAY, 1).await;
    let (to, words) = text(&seen[0]);
    let code = code(&seen[0]);
    assert!(to == NUMBER && code.len() == 6 && words.contains("confirms this number at Labelmesh"), "{words}");
    // Nothing else is texted there before.
    world.publish_completions(&[world.completion(ada.user_id, "Cats")]).await;
    world.mails(1).await;
    let confirmed = ada.confirm(&format!("{} {}", &code[..3], &code[3..])).await.expect("confirmed");
    assert_eq!((confirmed.number.as_str(), confirmed.pending_number.as_str()), (NUMBER, ""));
    assert_eq!(reason_of(&ada.confirm(&code).await.expect_err("once")), Some(Reason::NotFound));

    let dogs = world.completion(ada.user_id, "Dogs");
    world.publish_completions(&[dogs.clone(), dogs]).await;
    world.publish_pauses(&[world.pause(ada.user_id, "Birds")]).await;
    world.mails(3).await;
    let seen = gateway.wait_for(GATEWAY, 2).await;
    let (to, words) = text(&seen[1]);
    assert_eq!(to, NUMBER);
    assert!(words.starts_with("Labelmesh: Your task \"Dogs\" is complete https://labelmesh.test/v1/tasks/"), "{words}");
    wait_for_texts(&world, &["sent", "sent"]).await;
    assert_eq!(gateway.seen(GATEWAY).len(), 2, "nothing else was asked for");
    assert_eq!(world.count("SELECT count(*) FROM text_delivery WHERE sealed IS NOT NULL").await, 0);
    ada.prefer(NotificationKind::TaskCompleted, false).await.expect("as wished");
    world.publish_completions(&[world.completion(ada.user_id, "Fish")]).await;
    world.mails(4).await;
    wait_for_texts(&world, &["sent", "sent"]).await;
}

#[tokio::test]
async fn another_number_takes_the_place_of_the_first_when_it_is_confirmed_and_both_can_be_removed() {
    let (world, gateway) = (World::new().await, Receiver::start().await);
    let notify = start(&world, &gateway).await;
    let ada = Person::of(&world, &notify, world.user("Ada")).await;
    ada.prefer(NotificationKind::LoggedIn, true).await.expect("as wished");
    ada.has(&gateway, NUMBER).await;
    let both = ada.set("+14155552671").await.expect("a code is on its way");
    assert_eq!((both.number.as_str(), both.pending_number.as_str()), (NUMBER, "+14155552671"));
    let code = code(&gateway.wait_for(GATEWAY, 2).await[1]);

    world.publish_logins(&[world.login(ada.user_id)]).await;
    assert_eq!(text(&gateway.wait_for(GATEWAY, 3).await[2]).0, NUMBER, "the first still is hers");
    assert_eq!(ada.confirm(&code).await.expect("confirmed").number, "+14155552671");

    gateway.behave(GATEWAY, Manner::Answer(503));
    world.clock.advance(TimeDelta::hours(2));
    let elsewhere = LoggedIn { address: "198.51.100.1".to_owned(), ..world.login(ada.user_id) };
    world.publish_logins(&[elsewhere]).await;
    gateway.wait_for(GATEWAY, 4).await;
    ada.remove().await;
    ada.remove().await;
    gateway.behave(GATEWAY, Manner::Answer(200));
    wait_for_texts(&world, &["dropped", "sent", "sent", "sent"]).await;
    assert_eq!(ada.phone().await, Phone { offered: true, ..Phone::default() });
}

#[tokio::test]
async fn a_code_takes_five_wrong_ones_and_ten_minutes() {
    let (world, gateway) = (World::new().await, Receiver::start().await);
    let notify = start(&world, &gateway).await;
    let ada = Person::of(&world, &notify, world.user("Ada")).await;
    let bela = Person::of(&world, &notify, world.user("Bela")).await;
    for number in ["", "431234567", "+43 1234567", "+0431234567", "+1234567890123456"] {
        let refused = ada.set(number).await.expect_err("no number");
        assert_eq!(refused.get_details_bad_request().expect("which").field_violations[0].field, "number", "{number}");
    }
    assert_eq!(reason_of(&ada.confirm("123456").await.expect_err("none")), Some(Reason::NotFound));

    ada.set(NUMBER).await.expect("a code is on its way");
    let first = code(&gateway.wait_for(GATEWAY, 1).await[0]);
    assert_eq!(reason_of(&bela.confirm(&first).await.expect_err("it is Ada's")), Some(Reason::NotFound));
    for _ in 0..5 {
        let wrong = ada.confirm(another(&first)).await.expect_err("a wrong one");
        assert_eq!(reason_of(&wrong), Some(Reason::CodeWrong));
    }
    assert_eq!(reason_of(&ada.confirm(&first).await.expect_err("too late")), Some(Reason::CodeWrong));
    assert_eq!(ada.phone().await.pending_number, "");

    ada.set(NUMBER).await.expect("another code");
    let second = code(&gateway.wait_for(GATEWAY, 2).await[1]);
    world.clock.advance(TimeDelta::minutes(10));
    assert_eq!(reason_of(&ada.confirm(&second).await.expect_err("too late")), Some(Reason::CodeWrong));
    ada.set(NUMBER).await.expect("another code");
    let third = code(&gateway.wait_for(GATEWAY, 3).await[2]);
    ada.confirm(&third).await.expect("confirmed");
}

#[tokio::test]
async fn no_phone_is_texted_often_whoever_asks() {
    let (world, gateway) = (World::new().await, Receiver::start().await);
    let (notify, other) = (start(&world, &gateway).await, start(&world, &gateway).await);
    let people = [world.user("Ada"), world.user("Bela"), world.user("Cleo")];
    let ada = Person::of(&world, &notify, people[0]).await;
    let bela = Person::of(&world, &other, people[1]).await;
    for asks in [&ada, &bela, &ada] {
        asks.set(NUMBER).await.expect("a code is on its way");
    }
    let refused = bela.set(NUMBER).await.expect_err("the number has had its three");
    assert_eq!(reason_of(&refused), Some(Reason::RateLimited));
    for last in 0..3 {
        ada.set(&format!("+43123456{last}")).await.expect("another number");
    }
    assert_eq!(reason_of(&ada.set("+431234569").await.expect_err("Ada has had her five")), Some(Reason::RateLimited));
    wait_for_texts(&world, &["sent"; 6]).await;
    world.clock.advance(TimeDelta::hours(1));
    bela.set(NUMBER).await.expect("an hour later");

    // What is told is bounded, too; mails tell the rest.
    let cleo = Person::of(&world, &notify, people[2]).await;
    cleo.has(&gateway, "+441234567890").await;
    cleo.prefer(NotificationKind::TaskCompleted, true).await.expect("as wished");
    let many: Vec<_> = (0..25).map(|_| world.completion(cleo.user_id, "Cats")).collect();
    world.publish_completions(&many).await;
    world.mails(25).await;
    wait_for_texts(&world, &["sent"; 6 + 2 + 20]).await;
}

#[tokio::test]
async fn a_gateway_that_is_dead_holds_up_nothing_else_and_gets_everything_once_it_is_back() {
    let (world, gateway, receiver) = (World::new().await, Receiver::start().await, Receiver::start().await);
    let notify = start(&world, &gateway).await;
    let ada = Person::of(&world, &notify, world.user("Ada")).await;
    ada.has(&gateway, NUMBER).await;
    ada.prefer(NotificationKind::TaskCompleted, true).await.expect("as wished");
    let owner = Owner::of(&world, &notify, ada.user_id).await;
    owner.webhook(&receiver.url("/hook")).await;

    gateway.behave(GATEWAY, Manner::Answer(503));
    for number in 0..5 {
        world.publish_completions(&[world.completion(ada.user_id, &format!("Cats {number}"))]).await;
    }
    world.mails(5).await;
    receiver.wait_for("/hook", 5).await;
    wait_for_texts(&world, &["pending", "pending", "pending", "pending", "pending", "sent"]).await;
    let refused = gateway.wait_for(GATEWAY, 3).await;
    gateway.behave(GATEWAY, Manner::Answer(200));
    wait_for_texts(&world, &["sent"; 6]).await;
    let ids = |seen: &[Seen]| -> BTreeSet<String> {
        seen.iter().map(|seen| seen.header("idempotency-key").to_owned()).collect()
    };
    assert_eq!(ids(&gateway.seen(GATEWAY)).len(), 6, "each under one id, however often it was tried");
    assert!(ids(&gateway.seen(GATEWAY)).is_superset(&ids(&refused)));

    // Nor does a mail server that is dead hold up a text.
    world.mail.set_mood(Mood::Stall);
    world.publish_completions(&[world.completion(ada.user_id, "Dogs")]).await;
    wait_for_texts(&world, &["sent"; 7]).await;
    // What is refused for good is not tried again.
    gateway.behave(GATEWAY, Manner::Answer(422));
    world.publish_completions(&[world.completion(ada.user_id, "Birds")]).await;
    wait_for_texts(&world, &["failed", "sent", "sent", "sent", "sent", "sent", "sent", "sent"]).await;
}

#[tokio::test]
async fn what_is_old_is_not_texted_any_more() {
    let (world, gateway) = (World::new().await, Receiver::start().await);
    gateway.behave(GATEWAY, Manner::Answer(500));
    let notify = start(&world, &gateway).await;
    let ada = Person::of(&world, &notify, world.user("Ada")).await;
    ada.set(NUMBER).await.expect("a code is on its way");
    gateway.wait_for(GATEWAY, 1).await;
    world.clock.advance(TimeDelta::minutes(10));
    wait_for_texts(&world, &["dropped"]).await;
}

#[tokio::test]
async fn without_a_gateway_the_channel_is_not_offered_and_says_so() {
    let world = World::new().await;
    let notify = world.start().await;
    let ada = Person::of(&world, &notify, world.user("Ada")).await;
    assert_eq!(ada.phone().await, Phone::default());
    assert_eq!(reason_of(&ada.set(NUMBER).await.expect_err("no gateway")), Some(Reason::TextsNotOffered));
    let refused = ada.prefer(NotificationKind::TaskCompleted, true).await.expect_err("no gateway");
    assert_eq!(reason_of(&refused), Some(Reason::TextsNotOffered));
    ada.prefer(NotificationKind::TaskCompleted, false).await.expect("it is so");
    let all = ada.notifications.clone().get_preferences(ada.asks(GetPreferencesRequest {})).await.expect("all");
    assert!(all.into_inner().preferences.iter().all(|preference| preference.channel() != Channel::Text));
    ada.remove().await;
}

#[tokio::test]
async fn a_user_takes_away_number_and_texts_and_nothing_is_left_of_who_is_deleted() {
    let (world, gateway) = (World::new().await, Receiver::start().await);
    let notify = start(&world, &gateway).await;
    let ada = Person::of(&world, &notify, world.user("Ada")).await;
    ada.has(&gateway, NUMBER).await;
    ada.prefer(NotificationKind::TaskCompleted, true).await.expect("as wished");
    world.publish_completions(&[world.completion(ada.user_id, "Cats")]).await;
    gateway.wait_for(GATEWAY, 2).await;
    wait_for_texts(&world, &["sent", "sent"]).await;
    ada.set("+14155552671").await.expect("a code is on its way");
    let code = code(&gateway.wait_for(GATEWAY, 3).await[2]);
    ada.confirm(another(&code)).await.expect_err("a wrong one");
    wait_for_texts(&world, &["sent", "sent", "sent"]).await;

    let records = ada.records().await;
    let phone = records.iter().find_map(|record| record.phone.clone()).expect("a phone");
    assert_eq!((phone.number.as_str(), phone.pending_number.as_str(), phone.tries), (NUMBER, "+14155552671", 1));
    let texts: Vec<_> = records.iter().filter_map(|record| record.text.as_ref()).collect();
    assert!(texts.len() == 3 && texts.iter().all(|text| text.state() == MailState::Sent), "{texts:?}");
    assert_eq!(texts.iter().filter(|text| text.notification_id.is_empty()).count(), 2);
    let wished: Vec<_> = records.iter().filter_map(|record| record.preference).collect();
    let kind = NotificationKind::TaskCompleted.into();
    assert_eq!(wished, [Preference { kind, channel: Channel::Text.into(), enabled: true }]);
    assert!(!format!("{records:?}").contains(&code), "a code is nobody's to take away");

    world.publish_leaving(ada.user_id).await;
    for table in ["phone", "texted", "text_delivery"] {
        let rows = format!("SELECT count(*) FROM {table}");
        until(table, async || (world.count(&rows).await == 0).then_some(())).await;
    }
    assert_eq!(reason_of(&ada.set(NUMBER).await.expect_err("gone")), Some(Reason::NotFound));
}
