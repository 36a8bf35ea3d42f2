//! Whom tasks are open to: told by events in any order, looked at by leases and votes.

use chrono::TimeDelta;
use futures::future::join_all;
use labelmesh_errors::Reason;
use labelmesh_identity::{Reach, Role};
use labelmesh_ids::{GroupId, TaskId, UserId};
use labelmesh_pg::run_tx;
use labelmesh_proto::subtasks::v1::{LeaseSubtasksRequest, ListOpenTasksRequest, ShortageCause as Cause};
use labelmesh_proto::tasks::v1::{Audience as Said, AudienceKind, TaskAudienceChanged};
use labelmesh_proto::{timestamp, users::v1::GroupMemberChanged};
use labelmesh_seal::PageRequest;
use labelmesh_testkit::until;
use subtasks::app::Operator;
use subtasks::app::handing_out::pause::pause_operator;
use subtasks::app::reading::{holds::holds, list_open_tasks::list_open_tasks};
use subtasks::app::tasks::audience::{set_audience, set_member, sweep_due};
use subtasks::app::tasks::end_task::end_task;
use subtasks::domain::{Audience, ShortageCause, TaskState};
use subtasks::store::{audiences::Membership, cursors};

use crate::stage::{Stage, Task, asked, principal, reason};
use crate::world::World;

fn group(stage: &Stage) -> GroupId {
    GroupId::new(stage.app.clock.now(), stage.random.bytes())
}

fn invited(version: u64, groups: &[GroupId], operators: &[Operator]) -> Audience {
    Audience {
        version,
        open: false,
        groups: groups.iter().map(|group| group.uuid()).collect(),
        operators: operators.iter().map(|operator| operator.user_id().uuid()).collect(),
    }
}

/// A task of so many images that is open to an audience.
async fn task(stage: &Stage, images: usize, audience: Audience) -> Task {
    let mut task = stage.unannounced(images, 1, 1);
    task.spec.audience = Some(audience);
    stage.announce(&task).await;
    task
}

async fn member(stage: &Stage, task: &Task, group: GroupId, operator: Operator, version: u64, member: bool) {
    let (user, owner) = (operator.user_id(), task.spec.owner_id);
    set_member(&stage.app, &Membership { group, user, owner, version, member }).await.expect("noted");
}

async fn held(stage: &Stage, operator: Operator) -> usize {
    stage.lease(operator, 20).await.held.len()
}

/// Why an operator is handed nothing.
async fn cause(stage: &Stage, operator: Operator) -> ShortageCause {
    let leased = stage.lease(operator, 1).await;
    assert!(leased.held.is_empty(), "{leased:?}");
    leased.shortage.expect("nothing").cause
}

#[tokio::test]
async fn those_who_are_named_are_handed_images_and_nobody_else() {
    let stage = Stage::new().await;
    let (ada, bob, eve) = (stage.operator(), stage.operator(), stage.operator());
    let crew = group(&stage);
    let task = task(&stage, 4, invited(1, &[crew], &[ada])).await;
    member(&stage, &task, crew, bob, 1, true).await;
    assert_eq!(stage.lease(ada, 2).await.held.len(), 2);
    assert_eq!(cause(&stage, eve).await, ShortageCause::NotInvited, "also while others hold its images");
    assert_eq!(held(&stage, bob).await, 2);
    let open = stage.task(1, 1, 1).await;
    assert_eq!(stage.lease_one(eve).await, open.images[0]);
    stage.check().await;
}

#[tokio::test]
async fn a_group_opens_the_tasks_of_its_owner_alone() {
    let stage = Stage::new().await;
    let (crew, ada) = (group(&stage), stage.operator());
    let theirs = task(&stage, 1, invited(1, &[crew], &[])).await;
    let foreign = task(&stage, 1, invited(1, &[crew], &[])).await;
    member(&stage, &theirs, crew, ada, 1, true).await;
    let leased = stage.lease(ada, 20).await.held;
    assert_eq!(leased.iter().map(|held| held.task_id).collect::<Vec<_>>(), [theirs.id], "not {:?}", foreign.id);
}

#[tokio::test]
async fn who_leaves_a_group_loses_what_they_hold_and_can_not_vote_late() {
    let stage = Stage::new().await;
    let (crew, other, ada, bob) = (group(&stage), group(&stage), stage.operator(), stage.operator());
    let task = task(&stage, 3, invited(1, &[crew, other], &[bob])).await;
    member(&stage, &task, crew, ada, 1, true).await;
    member(&stage, &task, other, ada, 1, true).await;
    let images: Vec<_> = stage.lease(ada, 3).await.held.iter().map(|held| held.subtask_id).collect();
    stage.vote(ada, images[0], "cat").await.expect("votes");
    member(&stage, &task, crew, ada, 2, false).await;
    assert_eq!(held(&stage, ada).await, 2, "there is another group");
    member(&stage, &task, other, ada, 2, false).await;
    stage.check().await;
    assert_eq!(reason(stage.vote(ada, images[1], "cat").await), Reason::LeaseExpired);
    assert_eq!(cause(&stage, ada).await, ShortageCause::NotInvited);
    assert_eq!(held(&stage, bob).await, 2);
    // What is told late or twice changes nothing, and who comes back goes on.
    member(&stage, &task, crew, ada, 1, true).await;
    assert_eq!(held(&stage, ada).await, 0);
    member(&stage, &task, crew, ada, 3, true).await;
    member(&stage, &task, crew, ada, 2, false).await;
    stage.vote(bob, images[1], "cat").await.expect("votes");
    stage.check().await;
    let open = list_open_tasks(&stage.app, ada, &asked(0, "")).await.expect("lists").0;
    assert_eq!(open.len(), 1);
}

#[tokio::test]
async fn an_audience_that_changes_counts_for_what_is_held() {
    let stage = Stage::new().await;
    let (ada, bob) = (stage.operator(), stage.operator());
    let task = task(&stage, 2, Audience::everybody(1)).await;
    assert_eq!(held(&stage, ada).await, 2);
    set_audience(&stage.app, task.id, &invited(2, &[], &[bob])).await.expect("noted");
    stage.check().await;
    assert_eq!((held(&stage, ada).await, held(&stage, bob).await), (0, 2));
    set_audience(&stage.app, task.id, &Audience::everybody(1)).await.expect("is old");
    assert_eq!(cause(&stage, ada).await, ShortageCause::NotInvited);
    stage.announce(&task).await;
    assert_eq!(cause(&stage, ada).await, ShortageCause::NotInvited, "so is what an event of the task says");
    set_audience(&stage.app, task.id, &Audience::everybody(3)).await.expect("noted");
    stage.vote(bob, task.images[0], "cat").await.expect("votes");
    assert_eq!(stage.lease(ada, 1).await.shortage.expect("all are held").cause, ShortageCause::AllLeased);
}

#[tokio::test]
async fn an_audience_may_be_told_before_its_task_and_the_release_before_tells_none() {
    let stage = Stage::new().await;
    let (ada, eve) = (stage.operator(), stage.operator());
    let task = stage.unannounced(2, 1, 1);
    assert_eq!(task.spec.audience, None);
    set_audience(&stage.app, task.id, &invited(1, &[], &[ada])).await.expect("noted");
    stage.announce(&task).await;
    assert_eq!(cause(&stage, eve).await, ShortageCause::NotInvited);
    assert_eq!(held(&stage, ada).await, 2);
    end_task(&stage.app, task.id, 9, task.spec.owner_id, TaskState::Completed).await.expect("ends");
    set_audience(&stage.app, task.id, &invited(2, &[], &[ada, eve])).await.expect("noted");
    let admitted: i64 =
        sqlx::query_scalar("SELECT count(*) FROM admitted").fetch_one(&stage.app.pool).await.expect("reads");
    assert_eq!(admitted, 0, "nothing is handed out of it");
}

#[tokio::test]
async fn leases_under_way_when_the_audience_changes_are_taken_back_as_well() {
    let stage = Stage::new().await;
    for _ in 0..6 {
        let task = task(&stage, 40, Audience::everybody(1)).await;
        let operators: Vec<_> = (0..6).map(|_| stage.operator()).collect();
        let leases = join_all(operators.iter().map(|&operator| stage.lease(operator, 5)));
        let nobody = invited(2, &[], &[]);
        let change = set_audience(&stage.app, task.id, &nobody);
        let (_, changed) = tokio::join!(leases, change);
        changed.expect("noted");
        sweep_due(&stage.app).await.expect("sweeps");
        let leased: i64 = sqlx::query_scalar("SELECT count(*) FROM assignment WHERE task_id = $1 AND state = 'leased'")
            .bind(task.id.uuid())
            .fetch_one(&stage.app.pool)
            .await
            .expect("reads");
        assert_eq!(leased, 0);
        stage.check().await;
    }
    stage.pass(TimeDelta::minutes(2));
    sweep_due(&stage.app).await.expect("sweeps");
    let due: i64 = sqlx::query_scalar("SELECT count(*) FROM audience WHERE sweep_until IS NOT NULL")
        .fetch_one(&stage.app.pool)
        .await
        .expect("reads");
    assert_eq!(due, 0, "it ends");
}

#[tokio::test]
async fn a_lease_call_looks_at_none_of_the_tasks_that_are_open_to_others() {
    let stage = Stage::new().await;
    let (ada, crew) = (stage.operator(), group(&stage));
    let mine = task(&stage, 1, invited(1, &[crew], &[])).await;
    member(&stage, &mine, crew, ada, 1, true).await;
    let read = async || {
        let operator = ada.user_id();
        let read = run_tx(&stage.app.pool, "turns", |tx| {
            Box::pin(async move {
                let client = cursors::lock_operator(tx, operator).await?.client;
                let turns = cursors::turns(tx, operator, client).await?;
                let read: i64 = sqlx::query_scalar(
                    "SELECT sum(seq_tup_read + idx_tup_fetch)::bigint FROM pg_stat_xact_user_tables
                     WHERE relname IN ('task', 'admitted', 'member')",
                )
                .fetch_one(&mut **tx)
                .await?;
                Ok((turns.candidates.iter().map(|task| task.task_id).collect::<Vec<_>>(), read))
            })
        });
        read.await.expect("turns")
    };
    let alone = read().await;
    let mut copies = stage.owner().await;
    sqlx::raw_sql(
        "INSERT INTO task (task_id, version, owner_id, state, title, labels, redundancy, max_votes, restricted)
         SELECT gen_random_uuid(), 1, gen_random_uuid(), 'open', '', '{cat,dog}', 1, 1, true FROM generate_series(1, 3000);
         INSERT INTO admitted SELECT gen_random_uuid(), owner_id, task_id FROM task WHERE title = '';
         INSERT INTO member SELECT gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, true
         FROM generate_series(1, 3000);
         ANALYZE task; ANALYZE admitted; ANALYZE member",
    )
    .execute(&mut copies)
    .await
    .expect("copies");
    let among_many = read().await;
    assert_eq!((&alone.0, &among_many.0), (&vec![mine.id], &vec![mine.id]));
    assert!(among_many.1 <= alone.1 + 10, "{alone:?} and {among_many:?}");
}

#[tokio::test]
async fn every_task_of_several_groups_comes_once_and_clients_take_turns() {
    let stage = Stage::new().await;
    let (ada, crews) = (stage.operator(), [group(&stage), group(&stage)]);
    let first = task(&stage, 8, invited(1, &crews, &[ada])).await;
    for crew in crews {
        member(&stage, &first, crew, ada, 1, true).await;
    }
    let second = stage.task(8, 1, 1).await;
    let mut held = Vec::new();
    for count in 1..=8 {
        held = stage.lease(ada, count).await.held;
    }
    for task in [&first, &second] {
        assert_eq!(held.iter().filter(|held| held.task_id == task.id).count(), 4);
    }
}

#[tokio::test]
async fn an_owner_sees_how_many_may_label_and_how_many_an_image_needs() {
    let stage = Stage::new().await;
    let (ada, bob, crew) = (stage.operator(), stage.operator(), group(&stage));
    let mut task = stage.unannounced(2, 3, 3);
    task.spec.audience = Some(invited(1, &[crew], &[ada]));
    stage.announce(&task).await;
    let seen = async || {
        let seen = holds(&stage.app, Reach::Own(task.spec.owner_id), task.id).await.expect("found");
        (seen.eligible, seen.needed)
    };
    assert_eq!(seen().await, (Some(1), 3));
    for operator in [ada, bob] {
        member(&stage, &task, crew, operator, 1, true).await;
    }
    assert_eq!(seen().await, (Some(2), 3), "each once");
    stage.lease_one(ada).await;
    let name = stage.pseudonym(task.id, ada.user_id());
    pause_operator(&stage.app, Reach::All, task.id, &name).await.expect("pauses");
    assert_eq!(seen().await, (Some(1), 3));
    set_audience(&stage.app, task.id, &Audience::everybody(2)).await.expect("noted");
    assert_eq!(seen().await, (None, 3));
}

#[tokio::test]
async fn an_operator_sees_the_tasks_that_are_open_to_them() {
    let stage = Stage::new().await;
    let (ada, eve) = (stage.operator(), stage.operator());
    let named = task(&stage, 3, invited(1, &[], &[ada])).await;
    let open = stage.task(2, 1, 1).await;
    let mut own = stage.unannounced(1, 1, 1);
    own.spec.owner_id = ada.user_id();
    stage.announce(&own).await;
    stage.vote(ada, stage.lease_one(ada).await, "cat").await.expect("votes");
    let list = async |operator: Operator| {
        let mut listed = Vec::new();
        let mut token = String::new();
        loop {
            let me = principal(operator);
            let page = PageRequest { principal: &me, size: 1, token: &token };
            let (tasks, next) = list_open_tasks(&stage.app, operator, &page).await.expect("lists");
            assert!(tasks.len() <= 1);
            listed.extend(tasks.into_iter().map(|task| (task.task_id, task.left)));
            if next.is_empty() {
                return listed;
            }
            token = next;
        }
    };
    let mut expected = vec![(named.id, 3), (open.id, 2)];
    let decided: i64 = sqlx::query_scalar("SELECT count(*) FROM subtask WHERE closed AND task_id = $1")
        .bind(named.id.uuid())
        .fetch_one(&stage.app.pool)
        .await
        .expect("reads");
    expected[usize::from(decided == 0)].1 -= 1;
    expected.sort_unstable_by_key(|other| std::cmp::Reverse(other.0));
    assert_eq!(list(ada).await, expected, "the newest first, and not their own");
    let mut everybodys = [open.id, own.id];
    everybodys.sort_unstable_by(|one, other| other.cmp(one));
    let seen: Vec<TaskId> = list(eve).await.into_iter().map(|(task, _)| task).collect();
    assert_eq!(seen, everybodys);
}

#[tokio::test]
async fn what_tasks_and_users_tell_reaches_leases_at_both_replicas() {
    let world = World::new().await;
    let (owner, ada): (UserId, UserId) = (world.identities.new_user(), world.identities.new_user());
    let crew = GroupId::new(world.clock.now(), world.random.bytes());
    let task = TaskId::new(world.clock.now(), world.random.bytes());
    let images = world.images(2).await;
    let audience = |kind: AudienceKind, version, groups: Vec<String>| TaskAudienceChanged {
        task_id: task.to_string(),
        version,
        owner_id: owner.to_string(),
        audience: Some(Said { kind: kind.into(), group_ids: groups, operator_ids: Vec::new() }),
        occurred_at: Some(timestamp(world.clock.now())),
    };
    let told = audience(AudienceKind::Invited, 1, vec![crew.to_string()]);
    let mut spec = world.spec(owner, 2, 1);
    (spec.audience, spec.audience_version) = (told.audience.clone(), told.version);
    world.publish(&[told]).await;
    world.submit(task, &spec, &images).await;
    let lease = async |replica: usize| {
        let request = LeaseSubtasksRequest { count: 2, ..Default::default() };
        let caller = world.caller(ada, Role::Operator);
        world.clients[replica].clone().lease_subtasks(caller.asks(request)).await.expect("leases").into_inner()
    };
    for replica in [0, 1] {
        let leased = lease(replica).await;
        assert_eq!((leased.leases.len(), leased.shortage.expect("none").cause()), (0, Cause::NotInvited));
    }
    let membership = |version, member| GroupMemberChanged {
        group_id: crew.to_string(),
        user_id: ada.to_string(),
        version,
        owner_id: owner.to_string(),
        member,
        occurred_at: Some(timestamp(world.clock.now())),
    };
    world.publish_of_users(&[membership(1, true)]).await;
    until("images", async || (lease(1).await.leases.len() == 2).then_some(())).await;
    let request = world.caller(ada, Role::Operator).asks(ListOpenTasksRequest::default());
    let open = world.clients[0].clone().list_open_tasks(request).await.expect("lists").into_inner().tasks;
    assert_eq!((open.len(), open[0].title.as_str(), open[0].images_left), (1, "Animals", 2));
    world.publish_of_users(&[membership(2, false), membership(1, true)]).await;
    until("the end of the leases", async || lease(0).await.leases.is_empty().then_some(())).await;
    world.publish(&[audience(AudienceKind::Open, 2, Vec::new())]).await;
    until("images again", async || (lease(0).await.leases.len() == 2).then_some(())).await;
}
