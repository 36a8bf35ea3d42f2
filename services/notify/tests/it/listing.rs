//! The list in the application.

use chrono::TimeDelta;
use labelmesh_errors::{Reason, reason_of};
use labelmesh_identity::Role;
use labelmesh_ids::UserId;
use labelmesh_proto::notify::v1::{
    ListNotificationsRequest, ListNotificationsResponse, NotificationKind,
    notification_service_client::NotificationServiceClient,
};
use labelmesh_service::Handle;
use labelmesh_testkit::with_token;
use tonic::{Code, Status};

use crate::support::World;

async fn list(
    world: &World,
    notify: &Handle,
    user_id: UserId,
    page_size: i32,
    page_token: &str,
) -> Result<ListNotificationsResponse, Status> {
    let mut client =
        NotificationServiceClient::connect(format!("http://{}", notify.grpc_addr())).await.expect("a connection");
    let request = ListNotificationsRequest { page_size, page_token: page_token.to_owned() };
    let token = world.identities.user_token(user_id, &[Role::Client]);
    client.list_notifications(with_token(request, &token)).await.map(tonic::Response::into_inner)
}

#[tokio::test]
async fn users_see_their_own_the_newest_first() {
    let world = World::new().await;
    let (ada, bela) = (world.user("Ada"), world.user("Bela"));
    let notify = world.start().await;
    world.publish_logins(&[world.login(ada), world.login(bela)]).await;
    world.clock.advance(TimeDelta::seconds(5));
    let completed = world.completion(ada, "Cats");
    world.publish_completions(std::slice::from_ref(&completed)).await;
    world.wait_for_deliveries(&[("sent", 0); 3]).await;

    let listed = list(&world, &notify, ada, 0, "").await.expect("a list");

    let kinds: Vec<_> = listed.notifications.iter().map(|notification| notification.kind()).collect();
    assert_eq!(kinds, [NotificationKind::TaskCompleted, NotificationKind::LoggedIn]);
    assert_eq!(listed.notifications[0].task_id, completed.task_id);
    assert_eq!(listed.notifications[0].created_at, completed.occurred_at);
    assert_eq!(listed.notifications[0].subject, "Your task “Cats” is complete");
    assert_eq!(listed.notifications[1].task_id, "");
    assert_eq!(listed.next_page_token, "");
    assert_eq!(list(&world, &notify, bela, 0, "").await.expect("a list").notifications.len(), 1);
}

#[tokio::test]
async fn pages_follow_each_other_without_gaps_and_belong_to_whoever_asked() {
    let world = World::new().await;
    let (ada, bela) = (world.user("Ada"), world.user("Bela"));
    let notify = world.start().await;
    // All at the same time: the id decides the order.
    let completions: Vec<_> = (0..7).map(|_| world.completion(ada, "Cats")).collect();
    world.publish_completions(&completions).await;
    world.wait_for_deliveries(&[("sent", 0); 7]).await;

    let all = list(&world, &notify, ada, 0, "").await.expect("a list").notifications;
    let (mut seen, mut token, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = list(&world, &notify, ada, 3, &token).await.expect("a page");
        seen.extend(page.notifications);
        pages += 1;
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
        let stolen = list(&world, &notify, bela, 3, &token).await.expect_err("another's token");
        assert_eq!(reason_of(&stolen), Some(Reason::PageTokenInvalid));
    }
    assert_eq!((seen, pages), (all, 3));
}

#[tokio::test]
async fn nobody_is_told_anything_without_a_token() {
    let world = World::new().await;
    let notify = world.start().await;
    let mut client =
        NotificationServiceClient::connect(format!("http://{}", notify.grpc_addr())).await.expect("a connection");
    let refused = client.list_notifications(ListNotificationsRequest::default()).await.expect_err("no token");
    assert_eq!(refused.code(), Code::Unauthenticated);
}
