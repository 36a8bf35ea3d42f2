//! Images that can't get their votes.

use labelmesh_proto::tasks::v1::TaskStarved;

use crate::harness::{Harness, decided, starved};

#[tokio::test]
async fn a_starving_image_counts_until_it_is_decided() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, images) = harness.open_task(&client, 3).await;
    let reports = [&images[0], &images[1], &images[0]].map(|image| starved(&task, image));
    harness.publish_starved(&reports).await;
    client.wait_for(&task.task_id, |progress| progress.starved == 2).await;
    harness.publish_decided(&[decided(&task, &images[0], "cat"), decided(&task, &images[2], "cat")]).await;
    let progress = client.wait_for(&task.task_id, |progress| progress.decided == 2).await;
    assert_eq!(progress.starved, 1);
    let told = harness.told::<TaskStarved>().await;
    assert_eq!(told.len(), 1, "the first images are told, and none after them: {told:?}");
    assert_eq!((told[0].task_id.as_str(), told[0].images), (task.task_id.as_str(), 3));
    // The number is the same wherever it stands.
    assert_eq!(client.get(&task.task_id).await.expect("found").starved, 1);
    let results = client.results(&task.task_id, 0, "").await.expect("a list").results;
    let starved: Vec<_> = results.iter().filter(|result| result.starved).map(|result| &result.image_id).collect();
    assert_eq!(starved, [&images[1]]);
}

#[tokio::test]
async fn a_report_that_comes_after_the_decision_is_late() {
    let harness = Harness::start().await;
    let client = harness.client();
    let (task, images) = harness.open_task(&client, 2).await;
    harness.publish_decided(&[decided(&task, &images[0], "cat")]).await;
    client.wait_for(&task.task_id, |progress| progress.decided == 1).await;
    harness.publish_starved(&[starved(&task, &images[0]), starved(&task, &images[1])]).await;
    client.wait_for(&task.task_id, |progress| progress.starved > 0).await;
    harness.drained().await;
    let progress = client.wait_for(&task.task_id, |_| true).await;
    assert_eq!(progress.starved, 1);
}
