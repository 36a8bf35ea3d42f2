//! Mails that other services ask for.

use chrono::TimeDelta;
use labelmesh_errors::{Reason, reason_of};
use labelmesh_ids::{DeliveryId, UserId};
use labelmesh_proto::{
    notify::v1::{MailKind, SendMailRequest, mail_service_client::MailServiceClient},
    timestamp,
};
use labelmesh_service::Handle;
use labelmesh_testkit::{Mood, with_token};
use tonic::Status;

use crate::support::World;

const TOKEN: &str = "lmc_a-token-that-nobody-else-may-know";

fn confirmation(world: &World, user_id: UserId) -> SendMailRequest {
    SendMailRequest {
        mail_id: DeliveryId::new(world.clock.now(), world.random.bytes()).to_string(),
        user_id: user_id.to_string(),
        email: "new@users.test".to_owned(),
        expires_at: Some(timestamp(world.clock.now() + TimeDelta::hours(24))),
        kind: MailKind::ConfirmEmail.into(),
        token: TOKEN.to_owned(),
    }
}

async fn ask(world: &World, notify: &Handle, caller: &str, mail: &SendMailRequest) -> Result<(), Status> {
    let address = format!("http://{}", notify.grpc_addr());
    let mut client = MailServiceClient::connect(address).await.expect("a connection");
    let token = world.identities.service_token(caller, "notify");
    client.send_mail(with_token(mail.clone(), &token)).await.map(drop)
}

/// Everything that is kept of deliveries, as text.
async fn kept(world: &World) -> String {
    let rows = "SELECT string_agg(delivery::text || coalesce(encode(sealed, 'escape'), ''), ' ') FROM delivery";
    let rows: Option<String> = sqlx::query_scalar(rows).fetch_one(&world.pool).await.expect("the table");
    rows.unwrap_or_default()
}

#[tokio::test]
async fn what_is_asked_for_is_mailed_once_and_kept_by_nobody() {
    let world = World::new().await;
    let notify = world.start().await;
    world.mail.set_mood(Mood::Refuse);
    // Nobody asks users for the address: the mail goes where it is to go.
    let mail = confirmation(&world, world.identities.new_user());
    ask(&world, &notify, "users", &mail).await.expect("taken");
    ask(&world, &notify, "users", &mail).await.expect("harmless");
    world.wait_for_deliveries(&[("pending", 1)]).await;
    assert!(!kept(&world).await.contains(TOKEN) && !kept(&world).await.contains("new@users.test"));

    world.mail.set_mood(Mood::Accept);
    world.clock.advance(TimeDelta::seconds(30));
    world.wait_for_deliveries(&[("sent", 1)]).await;
    let mails = world.mails(1).await;
    assert_eq!(
        (mails[0].to.as_slice(), &*mails[0].subject),
        (&["new@users.test".to_owned()][..], "Confirm your e-mail address")
    );
    assert!(mails[0].text.starts_with("Hello,"), "whoever signed up has no say: {}", mails[0].text);
    for part in [format!("https://labelmesh.test/confirm#{TOKEN}"), format!("labelmesh users confirm {TOKEN}")] {
        assert!(mails[0].text.contains(&part), "{part}: {}", mails[0].text);
    }
    let sealed = "SELECT count(*) FROM delivery WHERE sealed IS NOT NULL";
    let sealed: i64 = sqlx::query_scalar(sealed).fetch_one(&world.pool).await.expect("the table");
    assert_eq!(sealed, 0, "what was said is forgotten once it was");
}

#[tokio::test]
async fn each_letter_says_what_it_is_about_and_what_to_do() {
    let world = World::new().await;
    let notify = world.start().await;
    let mails = [
        (
            MailKind::ConfirmNewEmail,
            "Confirm your new e-mail address",
            format!("https://labelmesh.test/confirm#{TOKEN}"),
        ),
        (
            MailKind::EmailChanging,
            "Your e-mail address at Labelmesh is to be changed",
            "https://labelmesh.test/v1/me".to_owned(),
        ),
        (MailKind::PasswordReset, "Choose another password", format!("https://labelmesh.test/reset#{TOKEN}")),
    ];
    for (number, (kind, subject, link)) in (1..).zip(mails) {
        let mail = SendMailRequest { kind: kind.into(), ..confirmation(&world, world.identities.new_user()) };
        ask(&world, &notify, "auth", &mail).await.expect("taken");
        let mails = world.mails(number).await;
        assert_eq!(mails[number - 1].subject, subject);
        assert!(mails[number - 1].text.contains(&link), "{}", mails[number - 1].text);
    }
}

#[tokio::test]
async fn what_is_of_no_use_any_more_is_not_mailed() {
    let world = World::new().await;
    let notify = world.start().await;
    world.mail.set_mood(Mood::Refuse);
    ask(&world, &notify, "users", &confirmation(&world, world.identities.new_user())).await.expect("taken");
    world.wait_for_deliveries(&[("pending", 1)]).await;
    world.mail.set_mood(Mood::Accept);
    world.clock.advance(TimeDelta::hours(24));
    world.wait_for_deliveries(&[("dropped", 1)]).await;
    assert!(world.mail.messages().is_empty());
}

#[tokio::test]
async fn only_who_may_have_mails_sent_can() {
    let world = World::new().await;
    let notify = world.start().await;
    let mail = confirmation(&world, world.identities.new_user());
    let refused = ask(&world, &notify, "tasks", &mail).await.expect_err("refused");
    assert_eq!(reason_of(&refused), Some(Reason::NotAllowed));
    let silent = SendMailRequest { kind: MailKind::Unspecified.into(), ..mail };
    let refused = ask(&world, &notify, "users", &silent).await.expect_err("refused");
    assert_eq!(reason_of(&refused), Some(Reason::FieldInvalid));
}

#[tokio::test]
async fn who_has_not_confirmed_the_address_is_mailed_nothing_else() {
    let world = World::new().await;
    let ada = world.user("Ada");
    world.users.unconfirm(ada);
    let _notify = world.start().await;
    world.publish_logins(&[world.login(ada)]).await;
    world.wait_for_deliveries(&[("dropped", 0)]).await;
    assert!(world.mail.messages().is_empty());
}
