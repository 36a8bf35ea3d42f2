//! Deciding again and agreement as the contract has them: who may ask, what is refused and why.

use labelmesh_errors::{Reason, reason_of};
use labelmesh_identity::Role;
use labelmesh_ids::{TaskId, UserId};
use labelmesh_proto::subtasks::v1::{
    Agreement, GetAgreementRequest, GetRedecisionRequest, LeaseSubtasksRequest, RedecideTaskRequest, Redecision,
    VoteRequest,
};
use labelmesh_proto::tasks::v1::{TaskCancelled, TaskCompleted};
use labelmesh_proto::timestamp;
use labelmesh_testkit::until;
use tonic::{Code, Response, Status};
use tonic_types::StatusExt as _;

use crate::world::{Caller, World};

/// Somebody's task, each image of which two operators have called a cat.
struct Labeled {
    world: World,
    owner: UserId,
    task: TaskId,
}

impl Labeled {
    async fn new(images: usize) -> Self {
        let world = World::new().await;
        let owner = world.identities.new_user();
        let task = TaskId::new(world.clock.now(), world.random.bytes());
        let announced = world.images(images).await;
        world.submit(task, &world.spec(owner, images, 2), &announced).await;
        let mut client = world.clients[0].clone();
        for operator in [world.operator(), world.operator()] {
            let request = LeaseSubtasksRequest { count: 20, ..Default::default() };
            for lease in client.lease_subtasks(operator.asks(request)).await.expect("leases").into_inner().leases {
                let vote = VoteRequest { subtask_id: lease.subtask_id, label: "cat".to_owned() };
                client.vote(operator.asks(vote)).await.expect("votes");
            }
        }
        Self { world, owner, task }
    }

    fn owner(&self) -> Caller {
        self.world.caller(self.owner, Role::Client)
    }

    /// Everybody who has no business with the task, and what each of them is told.
    fn outsiders(&self) -> [(Caller, (Code, Option<Reason>)); 2] {
        let stranger = self.world.caller(self.world.identities.new_user(), Role::Client);
        [
            (stranger, (Code::NotFound, Some(Reason::NotFound))),
            (self.world.operator(), (Code::PermissionDenied, Some(Reason::NotAllowed))),
        ]
    }

    async fn redecide(&self, caller: &Caller, task: &str, method: &str) -> Result<Redecision, Status> {
        let request = RedecideTaskRequest { task_id: task.to_owned(), method: method.to_owned() };
        self.world.clients[0].clone().redecide_task(caller.asks(request)).await.map(Response::into_inner)
    }

    async fn redecision(&self, caller: &Caller, task: &str) -> Result<Redecision, Status> {
        let request = GetRedecisionRequest { task_id: task.to_owned() };
        // The other replica tells of it as well as the one that was asked.
        self.world.clients[1].clone().get_redecision(caller.asks(request)).await.map(Response::into_inner)
    }

    async fn agreement(&self, caller: &Caller, task: &str) -> Result<Agreement, Status> {
        let request = GetAgreementRequest { task_id: task.to_owned() };
        self.world.clients[0].clone().get_agreement(caller.asks(request)).await.map(Response::into_inner)
    }

    /// Tasks says that the task is completed.
    async fn complete(&self) {
        let completed = TaskCompleted {
            task_id: self.task.to_string(),
            version: 9,
            owner_id: self.owner.to_string(),
            occurred_at: Some(timestamp(self.world.clock.now())),
            ..TaskCompleted::default()
        };
        self.world.publish(&[completed]).await;
    }
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Status>) -> (Code, Option<Reason>) {
    let status = answer.expect_err("a refusal");
    (status.code(), reason_of(&status))
}

/// The field that was refused, and the rule it breaks.
fn violation<T: std::fmt::Debug>(answer: Result<T, Status>) -> (String, String) {
    let status = answer.expect_err("a refusal");
    assert_eq!((status.code(), reason_of(&status)), (Code::InvalidArgument, Some(Reason::FieldInvalid)));
    let violation = status.get_details_bad_request().expect("violations").field_violations.remove(0);
    (violation.field, violation.description)
}

#[tokio::test]
async fn a_completed_task_is_decided_again_once_however_often_its_owner_asks() {
    let labeled = Labeled::new(3).await;
    let (owner, task) = (labeled.owner(), labeled.task.to_string());
    assert_eq!(refused(labeled.redecision(&owner, &task).await), (Code::NotFound, Some(Reason::NotFound)));
    labeled.complete().await;
    let asked = until("the end of the task", async || labeled.redecide(&owner, &task, "one-coin").await.ok()).await;
    assert_eq!((asked.task_id.as_str(), asked.method.as_str()), (task.as_str(), "one-coin"));
    let again = labeled.redecide(&owner, &task, "one-coin").await.expect("a repeat is harmless");
    assert_eq!(again.requested_at, asked.requested_at);

    let done = until("the end of the work", async || {
        let found = labeled.redecision(&owner, &task).await.expect("there");
        found.finished_at.is_some().then_some(found)
    })
    .await;
    assert_eq!((done.method.as_str(), done.images, done.done, done.changed), ("one-coin", 3, 3, 0));
    let repeated = labeled.redecide(&owner, &task, "one-coin").await.expect("answers");
    assert_eq!(repeated, done, "what is done is not done again");
    let administrator = labeled.world.caller(labeled.world.identities.new_user(), Role::Administrator);
    assert_eq!(labeled.redecision(&administrator, &task).await.expect("administrators see all"), done);
    let other = labeled.redecide(&administrator, &task, "plurality").await.expect("another method");
    assert_eq!((other.method.as_str(), other.finished_at), ("plurality", None));
}

#[tokio::test]
async fn deciding_again_is_refused_to_others_and_for_a_task_that_is_not_completed() {
    // One image more than is handed out, so that one stays open.
    let labeled = Labeled::new(21).await;
    let (owner, task) = (labeled.owner(), labeled.task.to_string());
    for (caller, told) in labeled.outsiders() {
        assert_eq!(refused(labeled.redecide(&caller, &task, "auto").await), told);
        assert_eq!(refused(labeled.redecision(&caller, &task).await), told);
    }
    let unknown = "0192f0c1-2345-7abc-8def-0123456789ab";
    assert_eq!(refused(labeled.redecide(&owner, unknown, "auto").await), (Code::NotFound, Some(Reason::NotFound)));
    let early = refused(labeled.redecide(&owner, &task, "auto").await);
    assert_eq!(early, (Code::FailedPrecondition, Some(Reason::TaskNotCompleted)));
    let cancelled = TaskCancelled {
        task_id: task.clone(),
        version: 9,
        owner_id: labeled.owner.to_string(),
        occurred_at: Some(timestamp(labeled.world.clock.now())),
    };
    labeled.world.publish(&[cancelled]).await;
    let ended = (Code::FailedPrecondition, Some(Reason::TaskEnded));
    until("the end of the task", async || {
        (refused(labeled.redecide(&owner, &task, "auto").await) == ended).then_some(())
    })
    .await;
}

#[tokio::test]
async fn the_owner_alone_and_administrators_see_how_far_operators_agree() {
    let labeled = Labeled::new(4).await;
    let task = labeled.task.to_string();
    let seen = labeled.agreement(&labeled.owner(), &task).await.expect("compares");
    assert_eq!((seen.votes, seen.images, seen.operators, seen.truncated), (8, 4, 2, false));
    let by_label: Vec<_> = seen.by_label.iter().map(|label| (label.label.as_str(), label.votes)).collect();
    assert_eq!(by_label, [("cat", 8), ("dog", 0)]);
    assert!(seen.by_operator.iter().all(|operator| (operator.votes, operator.agreement) == (4, Some(1.0))));
    let administrator = labeled.world.caller(labeled.world.identities.new_user(), Role::Administrator);
    assert_eq!(labeled.agreement(&administrator, &task).await.expect("compares"), seen);
    for (caller, told) in labeled.outsiders() {
        assert_eq!(refused(labeled.agreement(&caller, &task).await), told);
    }
    let nobody = GetAgreementRequest { task_id: task };
    let refused = refused(labeled.world.clients[0].clone().get_agreement(nobody).await);
    assert_eq!(refused, (Code::Unauthenticated, Some(Reason::NotSignedIn)));
}

#[tokio::test]
async fn bad_input_is_refused_by_field_and_rule() {
    let labeled = Labeled::new(1).await;
    let (owner, task) = (labeled.owner(), labeled.task.to_string());
    let uuid = ("task_id".to_owned(), "must be a UUID".to_owned());
    assert_eq!(violation(labeled.redecide(&owner, "1234", "auto").await), uuid);
    assert_eq!(violation(labeled.redecision(&owner, "1234").await), uuid);
    assert_eq!(violation(labeled.agreement(&owner, "").await).0, "task_id");
    assert_eq!(violation(labeled.redecide(&owner, &task, "").await).0, "method");
    assert_eq!(violation(labeled.redecide(&owner, &task, &"x".repeat(51)).await).0, "method");
    let (field, rule) = violation(labeled.redecide(&owner, &task, "luck").await);
    assert_eq!(field, "method");
    assert!(rule.contains("luck") && rule.contains("dawid-skene"), "the rule names the methods: {rule}");
}
