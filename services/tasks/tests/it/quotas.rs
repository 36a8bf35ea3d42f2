//! What one client may have.

use futures::future::join_all;
use labelmesh_errors::Reason;
use labelmesh_proto::tasks::v1::UploadOutcome;

use crate::{
    harness::{Client, File, Harness, Refused, draft},
    pictures::png,
};

fn picture(number: u32) -> File {
    File::new(&format!("{number}.png"), "image/png", png(number))
}

async fn upload(client: &Client, task: &str, number: u32) -> (UploadOutcome, Option<Reason>) {
    let report = client.upload(task, vec![picture(number)]).await.expect("reported").remove(0);
    (report.outcome(), Harness::reason(&report))
}

/// The quota that a refusal names, its limit, its use, and what was asked for.
fn told(refused: &Refused) -> [&str; 4] {
    assert_eq!(refused.reason, Some(Reason::QuotaUsedUp));
    ["quota", "limit", "used", "wanted"].map(|fact| refused.facts[fact].as_str())
}

/// Of many pictures that are uploaded at once at two replicas, how many come in; the others are refused for the quota.
async fn added_of(harness: &Harness, client: &Client, pictures: u32) -> u64 {
    let replica = harness.replica().await;
    let other = client.at(&replica);
    let id = &client.create(draft("Many")).await.expect("created").task_id;
    let calls = (0..8).map(|call| {
        let files = (0..pictures).filter(|number| number % 8 == call).map(picture).collect();
        if call % 2 == 0 { client.upload(id, files) } else { other.upload(id, files) }
    });
    let reports: Vec<_> = join_all(calls).await.into_iter().flat_map(|reports| reports.expect("reported")).collect();
    replica.shutdown().await.expect("it stops");
    let (added, refused): (Vec<_>, _) = reports.iter().partition(|report| report.outcome() == UploadOutcome::Added);
    assert!(refused.iter().all(|report| Harness::reason(report) == Some(Reason::QuotaUsedUp)));
    assert_eq!(added.len() + refused.len(), pictures as usize);
    assert_eq!(harness.images_of(id).await, added.len() as u64);
    added.len() as u64
}

#[tokio::test]
async fn uploads_at_several_replicas_keep_the_quota_of_images_exactly() {
    let harness = Harness::with(|config| config.quotas.images = 10).await;
    let client = harness.client();
    assert_eq!(added_of(&harness, &client, 64).await, 10);
    assert_eq!(client.usage().await.expect("usage")[2], (10, Some(10)));
}

#[tokio::test]
async fn uploads_at_several_replicas_keep_the_quota_of_bytes_exactly() {
    let harness = Harness::with(|config| config.quotas.bytes = 3_000).await;
    let client = harness.client();
    let added = added_of(&harness, &client, 64).await;
    let used = client.usage().await.expect("usage")[3].0;
    let smallest = (0..64).map(|number| png(number).len() as u64).min().expect("pictures");
    assert!(added > 5 && used <= 3_000 && used + smallest > 3_000, "{added} images of {used} bytes");
    assert_eq!(harness.number("SELECT sum(size_bytes)::bigint FROM image").await, used);
}

#[tokio::test]
async fn uploads_that_begin_side_by_side_far_from_the_quota_still_keep_it_exactly() {
    let limit = 10_000;
    let harness = Harness::with(|config| config.quotas.images = limit).await;
    let client = harness.client();
    // So many are left that the first ones are surely not the last.
    let left = harness.number("SELECT current_setting('max_connections')::bigint").await + 20;
    let owner = client.user_id;
    harness.execute(&format!("INSERT INTO client_usage VALUES ('{owner}', 0, {}, 0)", limit - left)).await;
    let pictures = u32::try_from(left).expect("few") + 60;
    assert_eq!(added_of(&harness, &client, pictures).await, left);
}

#[tokio::test]
async fn tasks_and_open_tasks_have_quotas_that_are_kept_exactly() {
    let harness = Harness::with(|config| {
        config.quotas.tasks = 4;
        config.quotas.open_tasks = 2;
    })
    .await;
    let client = harness.client();
    let replica = harness.replica().await;
    let other = client.at(&replica);
    let titles: Vec<_> = (0..12).map(|number| number.to_string()).collect();
    let created = join_all(titles.iter().enumerate().map(|(n, title)| {
        let client = if n % 2 == 0 { &client } else { &other };
        client.create(draft(title))
    }));
    let (created, refused): (Vec<_>, Vec<_>) = created.await.into_iter().partition(Result::is_ok);
    assert_eq!((created.len(), refused.len()), (4, 8));
    for refused in refused {
        assert_eq!(told(&refused.expect_err("too many")), ["tasks", "4", "4", "1"]);
    }
    let ids: Vec<_> = created.into_iter().map(|task| task.expect("created").task_id).collect();
    for (id, number) in ids.iter().zip(0..) {
        assert_eq!(upload(&client, id, number).await, (UploadOutcome::Added, None));
    }
    let submitted =
        join_all(ids.iter().enumerate().map(|(n, id)| if n % 2 == 0 { client.submit(id) } else { other.submit(id) }));
    let (open, refused): (Vec<_>, Vec<_>) = submitted.await.into_iter().partition(Result::is_ok);
    assert_eq!((open.len(), refused.len()), (2, 2));
    assert_eq!(told(refused[0].as_ref().expect_err("too many")), ["open_tasks", "2", "2", "1"]);
    replica.shutdown().await.expect("it stops");

    let open = open.into_iter().map(|task| task.expect("open").task_id).collect::<Vec<_>>();
    client.submit(&open[0]).await.expect("a repeat opens nothing");
    client.cancel(&open[0]).await.expect("cancelled");
    let draft = ids.iter().find(|id| !open.contains(id)).expect("a draft");
    client.submit(draft).await.expect("there is room again");
    let [tasks, open_tasks, images, _] = client.usage().await.expect("usage");
    assert_eq!((tasks, open_tasks, images.0), ((4, Some(4)), (2, Some(2)), 4));
}

#[tokio::test]
async fn a_quota_is_its_clients_and_counts_whoever_fills_their_task() {
    let harness = Harness::with(|config| config.quotas.images = 2).await;
    let (client, other, administrator) = (harness.client(), harness.client(), harness.administrator());
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    assert_eq!(upload(&client, &id, 0).await, (UploadOutcome::Added, None));
    assert_eq!(upload(&administrator, &id, 1).await, (UploadOutcome::Added, None));
    assert_eq!(upload(&administrator, &id, 2).await, (UploadOutcome::Refused, Some(Reason::QuotaUsedUp)));
    let key = format!("images/{}", picture(2).sha256());
    assert!(harness.blobs.get(&key).await.expect("an answer").is_none(), "what is refused is stored nowhere");
    assert_eq!(upload(&client, &id, 0).await, (UploadOutcome::Present, None), "what is there is no more");
    assert_eq!(administrator.usage().await.expect("usage")[2], (0, Some(2)));

    let id = other.create(draft("Their own")).await.expect("created").task_id;
    assert_eq!(upload(&other, &id, 0).await, (UploadOutcome::Added, None));
    assert_eq!(harness.operator().usage().await.expect_err("has no tasks").reason, Some(Reason::NotAllowed));
}

#[tokio::test]
async fn what_has_no_limit_says_so() {
    let harness =
        Harness::with(|config| config.quotas = tasks::Quotas { tasks: 0, open_tasks: 0, images: 0, bytes: 0 }).await;
    let client = harness.client();
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    assert_eq!(upload(&client, &id, 0).await, (UploadOutcome::Added, None));
    assert!(client.usage().await.expect("usage").iter().all(|(_, limit)| limit.is_none()));
}
