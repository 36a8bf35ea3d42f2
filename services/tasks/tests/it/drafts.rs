//! Creating, looking at and listing tasks, and who may.

use chrono::TimeDelta;
use labelmesh_errors::Reason;
use labelmesh_proto::tasks::v1::{CreateTaskRequest, Policy, TaskState};

use crate::harness::{Harness, draft};

#[tokio::test]
async fn a_new_task_is_a_draft_with_every_default_filled_in() {
    let harness = Harness::start().await;
    let client = harness.client();
    let task = client.create(draft("Pets")).await.expect("created");
    assert_eq!(task.state(), TaskState::Draft);
    assert_eq!(
        task.policy,
        Some(Policy { redundancy: 3, max_votes: 5, gold_share: 0.1, gold_accuracy: 0.7, ..Policy::default() })
    );
    assert_eq!((task.owner_id.clone(), task.images, task.submitted_at), (client.user_id.to_string(), 0, None));
    assert_eq!(client.get(&task.task_id).await.expect("found"), task);
    // Of two tasks of one moment nobody is the newer.
    harness.clock.advance(TimeDelta::seconds(1));
    let policy = Some(Policy { redundancy: 2, confidence: 0.9, ..Policy::default() });
    let sure = client.create(CreateTaskRequest { policy, ..draft("Pets") }).await.expect("created");
    assert_eq!(sure.policy.map(|policy| (policy.max_votes, policy.confidence)), Some((8, 0.9)));
    assert_eq!(client.list(0, "").await.expect("a list").tasks, [sure, task]);
}

#[tokio::test]
async fn words_and_numbers_that_make_no_sense_are_refused_by_field() {
    let harness = Harness::start().await;
    let client = harness.client();
    let policy =
        |redundancy, max_votes, confidence| Some(Policy { redundancy, max_votes, confidence, ..Policy::default() });
    for (field, request) in [
        ("title", CreateTaskRequest { title: "  ".into(), ..draft("") }),
        ("labels[1]", CreateTaskRequest { labels: vec!["cat".into(), "dog ".into()], ..draft("Pets") }),
        ("labels[1]", CreateTaskRequest { labels: vec!["cat".into(), "c\u{200b}at".into()], ..draft("Pets") }),
        ("labels[0]", CreateTaskRequest { labels: vec!["cat\0".into(), "dog".into()], ..draft("Pets") }),
        ("instructions", CreateTaskRequest { instructions: "bell\u{7}".into(), ..draft("Pets") }),
        ("labels", CreateTaskRequest { labels: vec!["cat".into()], ..draft("Pets") }),
        ("policy.max_votes", CreateTaskRequest { policy: policy(5, 4, 0.0), ..draft("Pets") }),
        ("policy.redundancy", CreateTaskRequest { policy: policy(0, 0, 0.0), ..draft("Pets") }),
        ("policy.confidence", CreateTaskRequest { policy: policy(2, 0, 0.4), ..draft("Pets") }),
        ("policy.confidence", CreateTaskRequest { policy: policy(2, 0, 1.0), ..draft("Pets") }),
        ("policy.confidence", CreateTaskRequest { policy: policy(2, 0, f64::NAN), ..draft("Pets") }),
    ] {
        let refused = client.create(request).await.expect_err(field);
        assert_eq!((refused.reason, refused.field.as_deref()), (Some(Reason::FieldInvalid), Some(field)));
    }
}

#[tokio::test]
async fn a_repeated_request_answers_with_the_same_task() {
    let harness = Harness::start().await;
    let client = harness.client();
    let request = CreateTaskRequest { request_id: "0199d0a8-1111-7000-8000-000000000001".into(), ..draft("Pets") };
    let (first, second) = tokio::join!(client.create(request.clone()), client.create(request.clone()));
    assert_eq!(first.expect("created"), second.expect("the same"));
    assert_eq!(client.list(0, "").await.expect("a list").tasks.len(), 1);
    let other = CreateTaskRequest { title: "Birds".into(), ..request.clone() };
    assert_eq!(client.create(other).await.expect_err("reused").reason, Some(Reason::RequestIdReused));
    // The id means something for one caller alone.
    harness.client().create(request).await.expect("created");
}

#[tokio::test]
async fn what_is_anothers_does_not_exist_and_administrators_see_all() {
    let harness = Harness::start().await;
    let (owner, stranger, administrator) = (harness.client(), harness.client(), harness.administrator());
    let task = owner.create(draft("Pets")).await.expect("created");
    let id = &task.task_id;
    let nothing = "0199d0a8-1111-7000-8000-000000000002";
    for id in [id.as_str(), nothing] {
        let refusals = [
            stranger.get(id).await.err(),
            stranger.submit(id).await.err(),
            stranger.finish(id).await.err(),
            stranger.cancel(id).await.err(),
            stranger.images(id, 0, "").await.err(),
            stranger.results(id, 0, "").await.err(),
            stranger.upload(id, vec![]).await.err(),
            stranger.watch(id, 0).await.err(),
            stranger.export(id, 0).await.err(),
        ];
        for refused in refusals {
            assert_eq!(refused.expect("refused").reason, Some(Reason::NotFound));
        }
    }
    assert!(stranger.list(0, "").await.expect("a list").tasks.is_empty());
    assert_eq!(administrator.get(id).await.expect("found"), task);
    assert_eq!(administrator.list(0, "").await.expect("a list").tasks, [task]);
}

#[tokio::test]
async fn operators_and_nobody_may_not_call() {
    let harness = Harness::start().await;
    let refused = harness.operator().create(draft("Pets")).await.expect_err("an operator");
    assert_eq!(refused.reason, Some(Reason::NotAllowed));
    let refused = harness.nobody().list(0, "").await.expect_err("nobody");
    assert_eq!(refused.reason, Some(Reason::NotSignedIn));
}

#[tokio::test]
async fn tasks_are_listed_page_by_page_the_newest_first() {
    let harness = Harness::start().await;
    let (client, other) = (harness.client(), harness.client());
    let mut ids = Vec::new();
    for number in 0..5 {
        harness.clock.advance(chrono::TimeDelta::milliseconds(5));
        ids.push(client.create(draft(&format!("Task {number}"))).await.expect("created").task_id);
        other.create(draft("Not theirs")).await.expect("created");
    }
    ids.reverse();
    let (mut listed, mut token, mut sizes) = (Vec::new(), String::new(), Vec::new());
    loop {
        let page = client.list(2, &token).await.expect("a page");
        sizes.push(page.tasks.len());
        listed.extend(page.tasks.into_iter().map(|task| task.task_id));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
        let stolen = other.list(2, &token).await.expect_err("another's token");
        assert_eq!(stolen.reason, Some(Reason::PageTokenInvalid));
    }
    assert_eq!((listed, sizes), (ids, vec![2, 2, 1]));
    assert_eq!(client.list(2, "rubbish").await.expect_err("rubbish").reason, Some(Reason::PageTokenInvalid));
}
