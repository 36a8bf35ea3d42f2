//! Clients take away what is stored about them.

use labelmesh_errors::Reason;
use labelmesh_proto::tasks::v1::{Audience, AudienceKind, ResultState};

use crate::harness::{Harness, decided, draft};

#[tokio::test]
async fn an_export_has_the_callers_tasks_and_images_with_their_decisions_and_nobody_elses() {
    let harness = Harness::start().await;
    let (client, other) = (harness.client(), harness.client());
    assert_eq!(client.own_data().await.expect("all").len(), 1, "nothing but that nothing is used");
    let audience = Audience { kind: AudienceKind::Open.into(), ..Audience::default() };
    client.set_my_audience(audience.clone()).await.expect("said");
    let (task, images) = harness.open_task(&client, 3).await;
    harness.open_task(&other, 1).await;
    let gone = client.create(draft("Gone")).await.expect("created").task_id;
    client.delete(&gone).await.expect("deleted");
    harness.publish_decided(&[decided(&task, &images[1], "dog")]).await;
    client.wait_for(&task.task_id, |progress| progress.decided == 1).await;

    let records = client.own_data().await.expect("all");
    assert_eq!(records[0].audience.as_ref(), Some(&audience));
    let usage = records[1].usage.as_ref().expect("what is used");
    assert_eq!(usage.images.as_ref().map(|quota| quota.used), Some(3));
    let tasks: Vec<_> = records.iter().filter_map(|record| record.task.as_ref()).collect();
    assert_eq!(tasks.iter().map(|one| (&one.task_id, one.decided)).collect::<Vec<_>>(), [(&task.task_id, 1)]);
    let deleted: Vec<_> = records.iter().filter_map(|record| record.deleted_task.as_ref()).collect();
    assert_eq!(deleted.iter().map(|one| &one.task_id).collect::<Vec<_>>(), [&gone]);
    let stored: Vec<_> = records.iter().filter_map(|record| record.image.as_ref()).collect();
    let ids: Vec<_> = stored.iter().filter_map(|one| one.image.as_ref()).map(|image| &image.image_id).collect();
    assert_eq!(ids, images.iter().collect::<Vec<_>>(), "in the order of upload");
    let result = stored[1].result.as_ref().expect("a result");
    assert_eq!((result.state(), result.label.as_str()), (ResultState::Decided, "dog"));
    assert!(stored.iter().all(|one| one.task_id == task.task_id && one.uploaded_at.is_some()));

    let refused = harness.nobody().own_data().await.expect_err("nobody's");
    assert_eq!(refused.reason, Some(Reason::NotSignedIn));
}

#[tokio::test]
async fn images_come_whole_and_in_order_over_many_pages_and_tasks() {
    let harness = Harness::start().await;
    let client = harness.client();
    let mut wanted = Vec::new();
    // Pages end within tasks, at their ends, and there are tasks without images.
    for images in [700, 300, 1] {
        wanted.extend(vec![harness.draft_with_rows(&client, images).await; images as usize]);
        client.create(draft("Empty")).await.expect("created");
        harness.clock.advance(chrono::TimeDelta::seconds(1));
    }
    let records = client.own_data().await.expect("all");
    let stored: Vec<_> = records.iter().filter_map(|record| record.image.as_ref()).collect();
    assert_eq!(stored.iter().map(|one| one.task_id.clone()).collect::<Vec<_>>(), wanted);
    let ids: std::collections::BTreeSet<_> =
        stored.iter().filter_map(|one| one.image.as_ref()).map(|image| &image.image_id).collect();
    assert_eq!(ids.len(), 1001, "each once");
    assert_eq!(records.iter().filter(|record| record.task.is_some()).count(), 6);
}
