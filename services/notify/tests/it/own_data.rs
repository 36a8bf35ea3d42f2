//! Users take away what they were told, and what their webhooks were.

use chrono::TimeDelta;
use futures::TryStreamExt as _;
use labelmesh_identity::Role;
use labelmesh_ids::{DeliveryId, UserId};
use labelmesh_proto::{
    notify::v1::{
        Channel, ExportMyNoticesRequest, ExportMyWebhooksRequest, MailKind, MailState, NoticeRecord, NotificationKind,
        Preference, SendMailRequest, UpdatePreferencesRequest, WebhookRecord, mail_service_client::MailServiceClient,
        notification_service_client::NotificationServiceClient, webhook_service_client::WebhookServiceClient,
    },
    timestamp,
};
use labelmesh_service::Handle;
use labelmesh_testkit::with_token;
use sqlx::AssertSqlSafe;
use tonic::{Code, transport::Channel as Connection};

use crate::{
    receiver::{Owner, Receiver},
    support::World,
};

const TOKEN: &str = "lmr_a-token-that-nobody-else-may-know";

fn address(notify: &Handle) -> String {
    format!("http://{}", notify.grpc_addr())
}

async fn notices_of(world: &World, notify: &Handle, user_id: UserId) -> Vec<NoticeRecord> {
    let mut client: NotificationServiceClient<Connection> =
        NotificationServiceClient::connect(address(notify)).await.expect("a connection");
    let request = with_token(ExportMyNoticesRequest {}, &world.identities.user_token(user_id, &[Role::Client]));
    let answers = client.export_my_notices(request).await.expect("a stream").into_inner();
    answers.try_collect().await.expect("to its end")
}

async fn webhooks_of(world: &World, notify: &Handle, user_id: UserId) -> Vec<WebhookRecord> {
    let mut client = WebhookServiceClient::connect(address(notify)).await.expect("a connection");
    let request = with_token(ExportMyWebhooksRequest {}, &world.identities.user_token(user_id, &[Role::Client]));
    let answers = client.export_my_webhooks(request).await.expect("a stream").into_inner();
    answers.try_collect().await.expect("to its end")
}

#[tokio::test]
async fn an_export_has_notifications_mails_and_preferences_of_the_caller_alone() {
    let world = World::new().await;
    let (ada, bela) = (world.user("Ada"), world.user("Bela"));
    let notify = world.start().await;
    world.publish_logins(&[world.login(ada), world.login(bela)]).await;
    world.clock.advance(TimeDelta::seconds(5));
    let completed = world.completion(ada, "Cats");
    world.publish_completions(&[completed.clone(), world.completion(bela, "Bela's dogs")]).await;
    world.wait_for_deliveries(&[("sent", 0); 4]).await;
    let mail = SendMailRequest {
        mail_id: DeliveryId::new(world.clock.now(), world.random.bytes()).to_string(),
        user_id: ada.to_string(),
        email: "ada@users.test".to_owned(),
        expires_at: Some(timestamp(world.clock.now() + TimeDelta::hours(1))),
        kind: MailKind::PasswordReset.into(),
        token: TOKEN.to_owned(),
    };
    let mut mails = MailServiceClient::connect(address(&notify)).await.expect("a connection");
    let token = world.identities.service_token("auth", "notify");
    mails.send_mail(with_token(mail.clone(), &token)).await.expect("taken");
    let mut client = NotificationServiceClient::connect(address(&notify)).await.expect("a connection");
    let kind = NotificationKind::TaskStarved.into();
    let muted = Preference { kind, channel: Channel::Email.into(), enabled: false };
    let update = UpdatePreferencesRequest { preferences: vec![muted] };
    let token = world.identities.user_token(ada, &[Role::Client]);
    client.update_preferences(with_token(update, &token)).await.expect("changed");

    let records = notices_of(&world, &notify, ada).await;
    assert_eq!(records.iter().filter_map(|record| record.preference).collect::<Vec<_>>(), [muted]);
    let told: Vec<_> = records.iter().filter_map(|record| record.notification.as_ref()).collect();
    let kinds: Vec<_> = told.iter().filter_map(|one| one.notification.as_ref()).map(|one| one.kind()).collect();
    assert_eq!(kinds, [NotificationKind::TaskCompleted, NotificationKind::LoggedIn], "the newest first");
    assert_eq!(told[0].about, completed.task_id);
    assert!(told.iter().all(|one| one.listed && one.mail.as_ref().is_some_and(|mail| mail.state() == MailState::Sent)));
    let asked: Vec<_> = records.iter().filter_map(|record| record.mail.as_ref()).collect();
    assert_eq!(asked.iter().map(|mail| &mail.delivery_id).collect::<Vec<_>>(), [&mail.mail_id]);
    assert_eq!(records.iter().filter(|record| record.sign_in.is_some()).count(), 1);
    assert_eq!(records.iter().filter(|record| record.origin.is_some()).count(), 2, "a place and a program");
    assert_eq!(records.iter().filter(|record| record.inbox.is_some()).count(), 1);
    let said = format!("{records:?}");
    assert!(!said.contains("Bela") && !said.contains(TOKEN), "{said}");

    let refused = client.export_my_notices(ExportMyNoticesRequest {}).await.expect_err("nobody's");
    assert_eq!(refused.code(), Code::Unauthenticated);
}

#[tokio::test]
async fn long_lists_of_notifications_and_deliveries_come_whole_and_in_order() {
    let world = World::new().await;
    let notify = world.start().await;
    let receiver = Receiver::start().await;
    let (ada, bela) =
        (Owner::of(&world, &notify, world.user("Ada")).await, Owner::of(&world, &notify, world.user("Bela")).await);
    let mut secrets = Vec::new();
    for owner in [&ada, &ada, &bela] {
        secrets.push(owner.create(&receiver.url("/hook")).await.expect("a webhook").secret);
    }
    // Several at the same time, so that the id decides their order.
    let many = "INSERT INTO notification (notification_id, user_id, kind, about, subject, body, created_at)
        SELECT gen_random_uuid(), 'USER', 'task_completed', gen_random_uuid(), 'Done', n::text,
               timestamptz '2026-01-01' + n / 3 * interval '1 second'
        FROM generate_series(1, 1001) n;
        INSERT INTO webhook_delivery (delivery_id, webhook_id, type, payload, state, due_at, created_at, wanted_at, trace)
        SELECT gen_random_uuid(), webhook_id, 'webhook.test', '{}', 'delivered', at, at, at, '{}'
        FROM webhook, generate_series(1, 130) n,
             LATERAL (SELECT timestamptz '2026-01-01' + n / 3 * interval '1 second' AS at) a;
        INSERT INTO webhook_attempt (delivery_id, number, started_at, duration_ms, answer)
        SELECT delivery_id, n, created_at, 1, 'as told' FROM webhook_delivery, generate_series(1, 2) n";
    let many = many.replace("USER", &ada.user_id.to_string());
    sqlx::raw_sql(AssertSqlSafe(many)).execute(&world.pool).await.expect("added");

    let records = notices_of(&world, &notify, ada.user_id).await;
    let told = records.iter().filter_map(|record| record.notification.as_ref()?.notification.as_ref());
    let told: Vec<_> = told.map(|one| (one.created_at.map(|at| at.seconds), &one.notification_id)).collect();
    assert_eq!((told.len(), told.is_sorted_by(|one, next| one > next)), (1001, true));

    let records = webhooks_of(&world, &notify, ada.user_id).await;
    assert_eq!(records.iter().filter(|record| record.webhook.is_some()).count(), 2);
    let stored: Vec<_> = records.iter().filter_map(|record| record.delivery.as_ref()).collect();
    assert!(stored.iter().all(|one| one.delivery.as_ref().is_some_and(|one| one.attempts.len() == 2)));
    let places: Vec<_> = stored
        .iter()
        .filter_map(|one| Some((&one.webhook_id, one.delivery.as_ref()?)))
        .map(|(webhook, one)| (webhook, one.created_at.map(|at| at.seconds), &one.delivery_id))
        .collect();
    assert_eq!((places.len(), places.is_sorted_by(|one, next| one < next)), (260, true));
    let said = format!("{records:?}");
    assert!(secrets.iter().all(|secret| !said.contains(secret.as_str())), "{said}");
}
