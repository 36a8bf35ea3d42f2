//! The list in the application: what is unread, who watches it, and what nobody wants to hear.

use std::time::Duration;

use futures::StreamExt as _;
use labelmesh_errors::{Reason, reason_of};
use labelmesh_identity::Role;
use labelmesh_ids::UserId;
use labelmesh_proto::notify::v1::{
    Channel, GetPreferencesRequest, ListNotificationsRequest, ListNotificationsResponse, MarkNotificationsReadRequest,
    NotificationKind, NotificationsState, Preference, UpdatePreferencesRequest, WatchNotificationsRequest,
    notification_service_client::NotificationServiceClient,
};
use labelmesh_service::Handle;
use labelmesh_testkit::with_token;
use tonic::{Status, Streaming, transport::Channel as Connection};
use tonic_types::StatusExt as _;

use crate::support::World;

/// Somebody with a list.
struct Reader<'a> {
    world: &'a World,
    user_id: UserId,
    client: NotificationServiceClient<Connection>,
}

impl<'a> Reader<'a> {
    async fn of(world: &'a World, notify: &Handle, user_id: UserId) -> Self {
        let address = format!("http://{}", notify.grpc_addr());
        Self { world, user_id, client: NotificationServiceClient::connect(address).await.expect("a connection") }
    }

    fn asks<T>(&self, message: T) -> tonic::Request<T> {
        with_token(message, &self.world.identities.user_token(self.user_id, &[Role::Client]))
    }

    async fn list(&self) -> ListNotificationsResponse {
        let request = self.asks(ListNotificationsRequest::default());
        self.client.clone().list_notifications(request).await.expect("a list").into_inner()
    }

    async fn read(&self, notification_id: &str, up_to: &str) -> Result<u64, Status> {
        let request =
            MarkNotificationsReadRequest { notification_id: notification_id.to_owned(), up_to: up_to.to_owned() };
        Ok(self.client.clone().mark_notifications_read(self.asks(request)).await?.into_inner().unread)
    }

    async fn watch(&self, after_version: u64) -> Streaming<NotificationsState> {
        let request = self.asks(WatchNotificationsRequest { after_version });
        self.client.clone().watch_notifications(request).await.expect("a stream").into_inner()
    }

    async fn prefer(&self, kind: NotificationKind, channel: Channel, enabled: bool) -> Result<(), Status> {
        let preference = Preference { kind: kind.into(), channel: channel.into(), enabled };
        let request = self.asks(UpdatePreferencesRequest { preferences: vec![preference] });
        self.client.clone().update_preferences(request).await.map(drop)
    }
}

/// The next state of a stream.
async fn next(states: &mut Streaming<NotificationsState>) -> NotificationsState {
    let next = tokio::time::timeout(Duration::from_secs(20), states.next()).await.expect("in time");
    next.expect("the stream goes on").expect("a state")
}

#[tokio::test]
async fn what_was_read_is_counted_no_more() {
    let world = World::new().await;
    let notify = world.start().await;
    let ada = Reader::of(&world, &notify, world.user("Ada")).await;
    let bela = Reader::of(&world, &notify, world.user("Bela")).await;
    for _ in 0..4 {
        world.publish_completions(&[world.completion(ada.user_id, "Cats")]).await;
        world.clock.advance(chrono::TimeDelta::seconds(1));
    }
    world.wait_for_deliveries(&[("sent", 0); 4]).await;
    let list = ada.list().await;
    assert_eq!((list.unread, list.notifications.len()), (4, 4));
    let id = |at: usize| list.notifications[at].notification_id.as_str();

    assert_eq!(ada.read(id(0), "").await.expect("it is marked"), 3);
    assert_eq!(ada.read(id(0), "").await.expect("a repeat is harmless"), 3);
    assert_eq!(ada.read("", id(2)).await.expect("they are marked"), 1);
    let read: Vec<_> = ada.list().await.notifications.iter().map(|one| one.read_at.is_some()).collect();
    assert_eq!(read, [true, false, true, true]);

    let foreign = bela.read(id(1), "").await.expect_err("it is Ada's");
    assert_eq!(reason_of(&foreign), Some(Reason::NotFound));
    for (one, last) in [("", ""), (id(0), id(1))] {
        let refused = ada.read(one, last).await.expect_err("one of them");
        assert_eq!(refused.get_details_bad_request().expect("which").field_violations[0].field, "notification_id");
    }
}

#[tokio::test]
async fn whoever_watches_hears_of_what_comes_and_what_is_read_at_any_replica() {
    let world = World::new().await;
    let (first, second) = (world.start().await, world.start().await);
    let user_id = world.user("Ada");
    let (ada, elsewhere) = (Reader::of(&world, &first, user_id).await, Reader::of(&world, &second, user_id).await);
    let mut states = ada.watch(0).await;
    let empty = next(&mut states).await;
    assert_eq!((empty.unread, empty.newest), (0, None));

    world.publish_completions(&[world.completion(user_id, "Cats")]).await;
    let told = next(&mut states).await;
    assert!(told.version > empty.version && told.unread == 1, "{told:?}");
    let newest = told.newest.expect("the newest");
    assert_eq!(newest.subject, "Your task “Cats” is complete");

    elsewhere.read(&newest.notification_id, "").await.expect("it is marked");
    let read = next(&mut states).await;
    assert!(read.version > told.version && read.unread == 0, "{read:?}");

    // Who comes back hears what they missed, and what they have seen no more.
    assert_eq!(next(&mut elsewhere.watch(told.version).await).await.version, read.version);
    let mut later = elsewhere.watch(read.version).await;
    world.publish_completions(&[world.completion(user_id, "Dogs")]).await;
    assert_eq!(next(&mut later).await.unread, 1);
}

#[tokio::test]
async fn what_nobody_wants_to_hear_is_not_told_by_that_way() {
    let world = World::new().await;
    let notify = world.start().await;
    let ada = Reader::of(&world, &notify, world.user("Ada")).await;
    ada.prefer(NotificationKind::TaskCompleted, Channel::Email, false).await.expect("as wished");
    ada.prefer(NotificationKind::OperatorPaused, Channel::InApp, false).await.expect("as wished");

    world.publish_completions(&[world.completion(ada.user_id, "Cats")]).await;
    world.publish_pauses(&[world.pause(ada.user_id, "Dogs")]).await;

    let mails = world.mails(1).await;
    assert_eq!(mails[0].subject, "You are paused in “Dogs”");
    let subjects = labelmesh_testkit::until("the other one", async || {
        let list = ada.list().await;
        let subjects: Vec<_> = list.notifications.into_iter().map(|one| one.subject).collect();
        (!subjects.is_empty()).then_some(subjects)
    });
    assert_eq!(subjects.await, ["Your task “Cats” is complete"]);

    let all = ada.client.clone().get_preferences(ada.asks(GetPreferencesRequest {})).await.expect("all");
    let off: Vec<_> = all.into_inner().preferences.into_iter().filter(|one| !one.enabled).collect();
    assert_eq!(off.len(), 2, "{off:?}");
    ada.prefer(NotificationKind::TaskCompleted, Channel::Email, true).await.expect("as wished");
    world.publish_completions(&[world.completion(ada.user_id, "Birds")]).await;
    world.mails(2).await;
}

#[tokio::test]
async fn new_sign_ins_are_mailed_whatever_is_wished() {
    let world = World::new().await;
    let notify = world.start().await;
    let ada = Reader::of(&world, &notify, world.user("Ada")).await;

    let refused = ada.prefer(NotificationKind::LoggedIn, Channel::Email, false).await.expect_err("in any case");
    let details = refused.get_details_bad_request().expect("which field");
    assert_eq!(details.field_violations[0].field, "preferences[0].enabled");

    world.publish_logins(&[world.login(ada.user_id)]).await;
    world.mails(1).await;
}
