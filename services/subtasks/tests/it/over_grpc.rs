//! The contract's calls, made as the gateway makes them, to either of two replicas.

use std::collections::BTreeSet;

use labelmesh_errors::{Reason, reason_of};
use labelmesh_identity::Role;
use labelmesh_ids::TaskId;
use labelmesh_proto::subtasks::v1::{
    ExtendLeasesRequest, GetSubtaskImageRequest, Lease, LeaseSubtasksRequest, ListMyVotesRequest, ListSkipsRequest,
    ListVotesRequest, ReleaseSubtasksRequest, ShortageCause, SkipReason, SkipSubtaskRequest, SubtaskDecided,
    VoteManyRequest, VoteOutcome, VoteRequest,
};
use labelmesh_proto::tasks::v1::{TaskCancelled, TaskFinishedEarly};
use labelmesh_proto::timestamp;
use labelmesh_testkit::until;
use tonic::Code;

use crate::world::{Caller, Client, World, picture};

async fn lease(client: &mut Client, caller: &Caller, count: u32) -> Vec<Lease> {
    let answer =
        client.lease_subtasks(caller.asks(LeaseSubtasksRequest { count, ..Default::default() })).await.expect("leases");
    answer.into_inner().leases
}

fn vote(subtask_id: &str, label: &str) -> VoteRequest {
    VoteRequest { subtask_id: subtask_id.to_owned(), label: label.to_owned() }
}

async fn bytes_of(client: &mut Client, caller: &Caller, subtask_id: &str) -> Result<(String, Vec<u8>), tonic::Status> {
    let request = GetSubtaskImageRequest { subtask_id: subtask_id.to_owned() };
    let mut stream = client.get_subtask_image(caller.asks(request)).await?.into_inner();
    let (mut media_type, mut bytes) = (String::new(), Vec::new());
    while let Some(piece) = stream.message().await? {
        media_type = piece.content_type;
        bytes.extend(piece.data);
    }
    Ok((media_type, bytes))
}

#[tokio::test]
async fn from_an_announcement_to_decisions_over_two_replicas() {
    let world = World::new().await;
    let owner = world.identities.new_user();
    let task = TaskId::new(world.clock.now(), world.random.bytes());
    let images = world.images(4).await;
    world.submit(task, &world.spec(owner, 4, 2), &images).await;
    let decided = world.decisions().await;

    let operators = [world.operator(), world.operator()];
    for (operator, client) in operators.iter().zip(world.clients.clone()) {
        let mut client = client;
        let leases = lease(&mut client, operator, 4).await;
        assert_eq!(leases.len(), 4);
        for lease in leases {
            assert_eq!(lease.image_url, format!("/v1/subtasks/{}/image", lease.subtask_id));
            let (media_type, bytes) = bytes_of(&mut client, operator, &lease.subtask_id).await.expect("the bytes");
            let number = (0..4).find(|&number| bytes == picture(number)).expect("one of the pictures");
            let shown = format!("{lease:?}");
            assert!(!shown.contains(&images[number].blob_key) && !shown.contains(&images[number].image_id));
            assert_eq!(media_type, "image/png");
            let answer = client.vote(operator.asks(vote(&lease.subtask_id, "cat"))).await.expect("votes");
            assert_eq!(answer.into_inner().outcome(), VoteOutcome::Counted);
        }
    }
    let mut ids = Vec::new();
    for _ in 0..4 {
        let event: SubtaskDecided = decided.next().await;
        assert_eq!((event.label.as_str(), event.task_id), ("cat", task.to_string()));
        ids.push(event.subtask_id);
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 4);

    let request = ListVotesRequest { task_id: task.to_string(), page_size: 5, page_token: String::new() };
    let mut client = world.clients[0].clone();
    let caller = world.caller(owner, Role::Client);
    let first = client.list_votes(caller.asks(request.clone())).await.expect("lists").into_inner();
    let next = ListVotesRequest { page_token: first.next_page_token.clone(), ..request.clone() };
    // The other replica takes the token of the first.
    let second = world.clients[1].clone().list_votes(caller.asks(next)).await.expect("lists").into_inner();
    assert_eq!((first.votes.len(), second.votes.len(), second.next_page_token.as_str()), (5, 3, ""));
    let foreign = world.caller(world.identities.new_user(), Role::Client);
    assert_eq!(client.list_votes(foreign.asks(request)).await.expect_err("foreign").code(), Code::NotFound);
}

#[tokio::test]
async fn two_operators_know_an_image_by_ids_that_they_can_not_compare() {
    let world = World::new().await;
    let owner = world.identities.new_user();
    let task = TaskId::new(world.clock.now(), world.random.bytes());
    let images = world.images(6).await;
    world.submit(task, &world.spec(owner, 6, 2), &images).await;
    let (one, other) = (world.operator(), world.operator());
    let [mut first, mut second] = world.clients.clone();
    let ids = |leases: Vec<Lease>| leases.into_iter().map(|lease| lease.subtask_id).collect::<BTreeSet<_>>();
    let (mine, theirs) = (ids(lease(&mut first, &one, 6).await), ids(lease(&mut second, &other, 6).await));
    let known: BTreeSet<_> = images.iter().map(|image| image.image_id.clone()).collect();
    assert_eq!((mine.len(), theirs.len()), (6, 6));
    assert!(mine.is_disjoint(&theirs) && mine.is_disjoint(&known) && theirs.is_disjoint(&known));
    assert_eq!(ids(lease(&mut second, &one, 6).await), mine, "they stay the same, in any replica");
    for id in &theirs {
        assert_eq!(bytes_of(&mut first, &one, id).await.expect_err("another's").code(), Code::NotFound);
        let refused = first.vote(one.asks(vote(id, "cat"))).await.expect_err("another's");
        assert_eq!(reason_of(&refused), Some(Reason::NeverLeased));
        let request = ExtendLeasesRequest { subtask_ids: vec![id.clone()] };
        assert!(first.extend_leases(one.asks(request)).await.expect("answers").into_inner().leases.is_empty());
    }
    // Whoever held an image when ids were the same for all goes on with it.
    let held = known.first().expect("an image");
    assert_eq!(
        first.vote(one.asks(vote(held, "cat"))).await.expect("votes").into_inner().outcome(),
        VoteOutcome::Counted
    );
    let request = ListMyVotesRequest { task_id: task.to_string(), page_size: 0, page_token: String::new() };
    let listed = first.list_my_votes(one.asks(request)).await.expect("lists").into_inner().votes;
    assert!(listed.len() == 1 && mine.contains(&listed[0].subtask_id), "{listed:?}");
}

#[tokio::test]
async fn only_operators_label_and_only_what_they_hold() {
    let world = World::new().await;
    let owner = world.identities.new_user();
    let task = TaskId::new(world.clock.now(), world.random.bytes());
    let images = world.images(1).await;
    world.submit(task, &world.spec(owner, 1, 1), &images).await;
    let mut client = world.clients[0].clone();
    let request = || LeaseSubtasksRequest { count: 1, ..Default::default() };
    let nobody = client.lease_subtasks(request()).await.expect_err("nobody");
    assert_eq!(nobody.code(), Code::Unauthenticated);
    let owner = world.caller(owner, Role::Client);
    let refused = client.lease_subtasks(owner.asks(request())).await.expect_err("a client");
    assert_eq!(refused.code(), Code::PermissionDenied);

    let (holder, other) = (world.operator(), world.operator());
    let image = lease(&mut client, &holder, 1).await.remove(0).subtask_id;
    let missing = bytes_of(&mut client, &other, &image).await.expect_err("not in these hands");
    assert_eq!(missing.code(), Code::NotFound);
    let refused = client.vote(other.asks(vote(&image, "cat"))).await.expect_err("never leased");
    assert_eq!((refused.code(), reason_of(&refused)), (Code::FailedPrecondition, Some(Reason::NeverLeased)));
    let refused = client.vote(holder.asks(vote(&image, "owl"))).await.expect_err("no label of the task");
    assert_eq!((refused.code(), reason_of(&refused)), (Code::InvalidArgument, Some(Reason::LabelUnknown)));
    let refused = client.vote(holder.asks(vote("1234", "cat"))).await.expect_err("no id");
    assert_eq!((refused.code(), reason_of(&refused)), (Code::InvalidArgument, Some(Reason::FieldInvalid)));
    let answer = client.lease_subtasks(other.asks(request())).await.expect("answers").into_inner();
    let shortage = answer.shortage.expect("nothing is left");
    assert_eq!((shortage.cause(), shortage.leased_by_others), (ShortageCause::AllLeased, 1));
    assert!(shortage.retry_after.is_some());
}

#[tokio::test]
async fn leases_are_extended_given_back_and_skipped() {
    let world = World::new().await;
    let owner = world.identities.new_user();
    let task = TaskId::new(world.clock.now(), world.random.bytes());
    let images = world.images(2).await;
    world.submit(task, &world.spec(owner, 2, 1), &images).await;
    let mut client = world.clients[1].clone();
    let operator = world.operator();
    let leases = lease(&mut client, &operator, 2).await;
    let ids: Vec<_> = leases.iter().map(|lease| lease.subtask_id.clone()).collect();
    let request = ExtendLeasesRequest { subtask_ids: ids.clone() };
    let extended = client.extend_leases(operator.asks(request)).await.expect("extends").into_inner().leases;
    assert_eq!(extended.len(), 2);
    let request = ReleaseSubtasksRequest { subtask_ids: ids[..1].to_vec() };
    client.release_subtasks(operator.asks(request)).await.expect("gives back");
    let request = SkipSubtaskRequest { subtask_id: ids[1].clone(), reason: SkipReason::NoLabelFits.into() };
    client.skip_subtask(operator.asks(request)).await.expect("skips");
    // A repeat changes nothing, whatever it says.
    let request = SkipSubtaskRequest { subtask_id: ids[1].clone(), reason: SkipReason::Offensive.into() };
    client.skip_subtask(operator.asks(request)).await.expect("skips");
    let left: Vec<_> = lease(&mut client, &operator, 2).await.into_iter().map(|lease| lease.subtask_id).collect();
    assert_eq!(left, ids[..1]);

    let owner = world.caller(owner, Role::Client);
    let request = ListSkipsRequest { task_id: task.to_string(), ..ListSkipsRequest::default() };
    let skips = client.list_skips(owner.asks(request)).await.expect("lists").into_inner().skips;
    assert_eq!(skips.len(), 1);
    assert!(images.iter().any(|image| image.image_id == skips[0].subtask_id), "the owner's name of it");
    assert_eq!((skips[0].reason(), skips[0].skipped_at), (SkipReason::NoLabelFits, Some(timestamp(world.clock.now()))));

    let votes = VoteManyRequest { votes: vec![vote(&ids[1], "cat"), vote(&ids[0], "dog")] };
    let results = client.vote_many(operator.asks(votes)).await.expect("answers").into_inner().results;
    let error = results[0].error.as_ref().expect("a refusal");
    assert_eq!((error.code, results[0].outcome()), (Code::FailedPrecondition as i32, VoteOutcome::Unspecified));
    assert_eq!(error.details.len(), 1, "with its reason");
    assert_eq!((results[1].outcome(), results[1].error.as_ref()), (VoteOutcome::Counted, None));
}

#[tokio::test]
async fn a_task_finished_early_is_decided_and_a_cancelled_one_forgotten() {
    let world = World::new().await;
    let owner = world.identities.new_user();
    let (finished, cancelled) =
        (TaskId::new(world.clock.now(), world.random.bytes()), TaskId::new(world.clock.now(), world.random.bytes()));
    let spec = world.spec(owner, 2, 2);
    let images = world.images(4).await;
    let decided = world.decisions().await;
    world
        .publish(&[TaskCancelled {
            task_id: cancelled.to_string(),
            version: 4,
            owner_id: owner.to_string(),
            occurred_at: Some(timestamp(world.clock.now())),
        }])
        .await;
    world.submit(finished, &spec, &images[..2]).await;
    let mut client = world.clients[0].clone();
    let operator = world.operator();
    let image = lease(&mut client, &operator, 1).await.remove(0).subtask_id;
    let (_, bytes) = bytes_of(&mut client, &operator, &image).await.expect("the bytes");
    let voted = images[usize::from(bytes[0])].image_id.clone();
    client.vote(operator.asks(vote(&image, "dog"))).await.expect("votes");
    world
        .publish(&[TaskFinishedEarly {
            task_id: finished.to_string(),
            version: 4,
            spec: Some(spec.clone()),
            occurred_at: Some(timestamp(world.clock.now())),
        }])
        .await;
    let mut labels = Vec::new();
    for _ in 0..2 {
        let event: SubtaskDecided = decided.next().await;
        labels.push((event.subtask_id == voted, event.label));
    }
    labels.sort_unstable();
    assert_eq!(labels, [(false, String::new()), (true, "dog".to_owned())]);
    // Images of the cancelled task come late, and those of a third one behind them.
    let third = TaskId::new(world.clock.now(), world.random.bytes());
    let late = labelmesh_proto::tasks::v1::TaskImagesAdded {
        task_id: cancelled.to_string(),
        version: 3,
        spec: Some(spec.clone()),
        images: images[2..3].to_vec(),
        occurred_at: Some(timestamp(world.clock.now())),
    };
    world.publish(&[late]).await;
    let after = labelmesh_proto::tasks::v1::TaskImagesAdded {
        task_id: third.to_string(),
        version: 3,
        spec: Some(spec),
        images: images[3..].to_vec(),
        occurred_at: Some(timestamp(world.clock.now())),
    };
    world.publish(&[after]).await;
    world.wait_for_images(3).await;
    let leases = lease(&mut client, &operator, 2).await;
    assert!(leases.iter().all(|lease| lease.task_id == third.to_string()));
}

#[tokio::test]
async fn what_is_to_be_known_of_a_task_comes_with_each_lease_or_once() {
    let world = World::new().await;
    let (owner, operator) = (world.identities.new_user(), world.operator());
    let task = TaskId::new(world.clock.now(), world.random.bytes());
    let spec = world.spec(owner, 5, 1);
    world.submit(task, &spec, &world.images(5).await).await;
    let mut client = world.clients[0].clone();
    until("the images", async || (lease(&mut client.clone(), &operator, 5).await.len() == 5).then_some(())).await;

    let mut ask = async |tasks_apart| {
        let request = LeaseSubtasksRequest { count: 5, tasks_apart };
        client.lease_subtasks(operator.asks(request)).await.expect("leases").into_inner()
    };
    let with_each = ask(false).await;
    assert_eq!(with_each.tasks, []);
    for lease in &with_each.leases {
        assert_eq!((&lease.title, &lease.instructions, &lease.labels), (&spec.title, &spec.instructions, &spec.labels));
    }
    let once = ask(true).await;
    assert_eq!(once.leases.len(), 5);
    assert!(once.leases.iter().all(|lease| lease.labels.is_empty() && lease.title.is_empty()));
    let [told] = &once.tasks[..] else { panic!("one task: {:?}", once.tasks) };
    assert_eq!((&told.title, &told.instructions, &told.labels), (&spec.title, &spec.instructions, &spec.labels));
    assert_eq!(told.task_id, task.to_string());
}
