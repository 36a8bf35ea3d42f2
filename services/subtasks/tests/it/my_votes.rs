//! An operator sees their own votes, and neither another's nor what came of one.

use chrono::TimeDelta;
use labelmesh_errors::{Reason, reason_of};
use labelmesh_identity::Role;
use labelmesh_ids::TaskId;
use labelmesh_proto::subtasks::v1::{LeaseSubtasksRequest, ListMyVotesRequest, MyVote, VoteRequest};
use labelmesh_seal::PageRequest;
use subtasks::app::Operator;
use subtasks::app::handing_out::skip::skip;
use subtasks::app::reading::list_my_votes::{MyVote as Mine, list_my_votes};
use tonic::{Code, Response};
use tonic_types::StatusExt as _;

use crate::stage::{Stage, principal, reason};
use crate::world::World;

async fn page(stage: &Stage, operator: Operator, task: TaskId, size: i32, token: &str) -> (Vec<Mine>, String) {
    let request = PageRequest { principal: &principal(operator), size, token };
    list_my_votes(&stage.app, operator, task, &request).await.expect("votes")
}

#[tokio::test]
async fn votes_come_page_by_page_the_last_given_first_and_skips_not_at_all() {
    let stage = Stage::new().await;
    let task = stage.task(5, 2, 2).await;
    let (operator, other) = (stage.operator(), stage.operator());
    let held = stage.lease(operator, 5).await.held;
    skip(&stage.app, operator, held[0].subtask_id, None).await.expect("skips");
    for (held, label) in held[1..].iter().zip(["cat", "dog", "cat", "dog"]) {
        stage.pass(TimeDelta::seconds(1));
        stage.vote(operator, held.subtask_id, label).await.expect("votes");
    }
    let image = stage.lease_one(other).await;
    stage.vote(other, image, "dog").await.expect("votes");
    // A vote that is revised keeps its place.
    stage.pass(TimeDelta::seconds(1));
    stage.vote(operator, held[1].subtask_id, "dog").await.expect("revises");

    let (first, token) = page(&stage, operator, task.id, 3, "").await;
    let (second, end) = page(&stage, operator, task.id, 3, &token).await;
    let listed: Vec<_> = first.iter().chain(&second).map(|vote| (vote.subtask_id, vote.label.as_str())).collect();
    let given = [(4, "dog"), (3, "cat"), (2, "dog"), (1, "dog")].map(|(place, label)| (held[place].subtask_id, label));
    assert_eq!((listed.as_slice(), end.as_str()), (given.as_slice(), ""));
    assert_eq!(second[0].voted_at - first[0].voted_at, TimeDelta::seconds(1), "when it was revised");

    let (all, _) = page(&stage, other, task.id, 0, "").await;
    assert_eq!(all.iter().map(|vote| vote.subtask_id).collect::<Vec<_>>(), [image]);
    let stolen = PageRequest { principal: &principal(other), size: 3, token: &token };
    let stolen = list_my_votes(&stage.app, other, task.id, &stolen).await;
    assert_eq!(reason(stolen), Reason::PageTokenInvalid);
    let elsewhere = stage.task(1, 1, 1).await;
    assert_eq!(page(&stage, operator, elsewhere.id, 0, "").await, (Vec::new(), String::new()));
}

#[tokio::test]
async fn operators_alone_may_ask_over_grpc() {
    let world = World::new().await;
    let owner = world.identities.new_user();
    let task = TaskId::new(world.clock.now(), world.random.bytes());
    world.submit(task, &world.spec(owner, 1, 1), &world.images(1).await).await;
    let (operator, mut client) = (world.operator(), world.clients[0].clone());
    let lease = client
        .lease_subtasks(operator.asks(LeaseSubtasksRequest { count: 1, ..Default::default() }))
        .await
        .expect("leases");
    let vote = VoteRequest { subtask_id: lease.into_inner().leases.remove(0).subtask_id, label: "cat".to_owned() };
    client.vote(operator.asks(vote.clone())).await.expect("votes");

    let ask = |task_id: &str| ListMyVotesRequest { task_id: task_id.to_owned(), ..ListMyVotesRequest::default() };
    let ours = ask(&task.to_string());
    let seen = client.list_my_votes(operator.asks(ours.clone())).await.map(Response::into_inner).expect("votes").votes;
    let [MyVote { subtask_id, label, voted_at: Some(_) }] = &seen[..] else { panic!("one vote: {seen:?}") };
    assert_eq!((subtask_id, label), (&vote.subtask_id, &vote.label));

    let refused = client.list_my_votes(world.caller(owner, Role::Client).asks(ours)).await.expect_err("a client");
    assert_eq!((refused.code(), reason_of(&refused)), (Code::PermissionDenied, Some(Reason::NotAllowed)));
    let refused = client.list_my_votes(operator.asks(ask("pets"))).await.expect_err("not an id");
    let violations = refused.get_details_bad_request().expect("violations").field_violations;
    assert_eq!(violations[0].field, "task_id");
}
