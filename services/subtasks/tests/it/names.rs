//! The key of names is replaced: what has names keeps them, and an old name is never another one's.

use labelmesh_errors::Reason;
use labelmesh_identity::Reach;
use labelmesh_seal::SealKey;
use subtasks::app::names::{self, Names};
use subtasks::app::tasks::end_task::end_task;
use subtasks::app::{App, Operator, handing_out::pause::pause_operator, reading::operators::list_operators};
use subtasks::domain::TaskState;

use crate::stage::{Stage, Task, asked};

/// A replica that is configured with these keys.
fn replica(stage: &Stage, keys: &[u8]) -> App {
    let keys: Vec<_> = keys.iter().map(|byte| SealKey::from([*byte; 32])).collect();
    App { names: Names::new(&keys.try_into().expect("different ones")), ..stage.app.clone() }
}

/// What the owner calls the one operator of a task.
async fn pseudonym(app: &App, task: &Task) -> String {
    let (mut listed, _) = list_operators(app, Reach::All, task.id, &asked(0, "")).await.expect("lists");
    listed.pop().expect("one").operator
}

/// What an operator calls the images of a task.
async fn handles(app: &App, operator: Operator, task: &Task) -> Vec<String> {
    let handles = app.names.handles(&app.pool, operator.user_id(), &task.images).await.expect("known");
    handles.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_task_keeps_its_names_while_the_key_is_replaced_and_new_tasks_have_the_new_one() {
    let mut stage = Stage::new().await;
    let [old, known, first] = [&[2][..], &[2, 3], &[3, 2]].map(|keys| replica(&stage, keys));
    let (ada, before) = (stage.operator(), stage.task(2, 1, 1).await);
    stage.lease(ada, 2).await;
    let name = pseudonym(&old, &before).await;
    let ids = handles(&old, ada, &before).await;

    stage.app = first.clone();
    let after = stage.task(2, 1, 1).await;
    stage.lease(ada, 4).await;
    for replica in [&known, &first] {
        assert_eq!(pseudonym(replica, &before).await, name);
        assert_eq!(handles(replica, ada, &before).await, ids);
        // What either has handed out leads back to its image in the other.
        for task in [&before, &after] {
            let handles = first.names.handles(&stage.app.pool, ada.user_id(), &task.images).await.expect("known");
            let images = replica.names.images(&stage.app.pool, ada.user_id(), &handles).await.expect("an answer");
            assert_eq!(images, task.images);
        }
    }
    let new = replica(&stage, &[3]);
    assert_eq!(pseudonym(&new, &after).await, pseudonym(&known, &after).await);
    assert_ne!(handles(&first, ada, &after).await, handles(&old, ada, &after).await);

    // A replica that misses the key is not ready; the command tells which tasks need it.
    names::are_known(&stage.app.pool, &first.names).await.expect("both are known");
    let refused = names::are_known(&stage.app.pool, &new.names).await.expect_err("the old one is missed");
    assert!(refused.to_string().contains("subtasks keys"), "{refused}");
    let told = names::told(&stage.app.pool, &first.names).await.expect("told");
    let [to, from] = [3, 2].map(|byte| SealKey::from([byte; 32]).id());
    let lines =
        [format!("{to} names: tasks 1 open, 0 ended, and new ones"), format!("{from} names: tasks 1 open, 0 ended")];
    assert_eq!(told.lines().collect::<Vec<_>>(), lines);
}

#[tokio::test]
async fn a_task_that_has_ended_is_renamed_and_its_old_names_are_nobody_elses() {
    let stage = Stage::new().await;
    let first = replica(&stage, &[3, 2]);
    let (ada, bob, task) = (stage.operator(), stage.operator(), stage.task(2, 1, 1).await);
    let open = stage.task(1, 1, 1).await;
    for operator in [ada, bob] {
        stage.lease(operator, 1).await;
    }
    let (adas, bobs) = (stage.pseudonym(task.id, ada.user_id()), stage.pseudonym(task.id, bob.user_id()));
    end_task(&stage.app, task.id, 3, task.spec.owner_id, TaskState::Completed).await.expect("ended");

    assert_eq!(names::rename(&stage.app.pool, &first.names, false).await.expect("renamed"), 1);
    assert_eq!(names::rename(&stage.app.pool, &first.names, false).await.expect("nothing is left"), 0);
    let (listed, _) = list_operators(&first, Reach::All, task.id, &asked(0, "")).await.expect("lists");
    assert!(listed.iter().all(|seen| seen.operator != adas && seen.operator != bobs), "{listed:?}");
    // Who has a name from before means the same person, as long as the old key is listed.
    let paused = pause_operator(&first, Reach::All, task.id, &adas).await.expect("found");
    let by_new_name = pause_operator(&first, Reach::All, task.id, &paused.operator).await.expect("found");
    assert_eq!(paused.record, by_new_name.record);
    assert_ne!(pause_operator(&first, Reach::All, task.id, &bobs).await.expect("found").operator, paused.operator);

    assert_eq!(names::rename(&stage.app.pool, &first.names, true).await.expect("renamed"), 1, "what is open");
    let last = replica(&stage, &[3]);
    names::are_known(&stage.app.pool, &last.names).await.expect("the old one is not missed");
    for old_name in [&adas, &bobs] {
        let refused = pause_operator(&last, Reach::All, task.id, old_name).await.expect_err("nobody");
        assert_eq!(refused.reason(), Reason::NotFound);
    }
    assert_eq!(handles(&last, ada, &open).await, handles(&first, ada, &open).await);
}

#[tokio::test]
async fn what_the_release_before_has_written_has_its_names_from_the_key_that_is_configured() {
    let stage = Stage::new().await;
    let (ada, task) = (stage.operator(), stage.task(1, 1, 1).await);
    stage.lease(ada, 1).await;
    let name = pseudonym(&stage.app, &task).await;
    sqlx::query("UPDATE task SET names_key = NULL").execute(&stage.app.pool).await.expect("as it was written");
    let known = replica(&stage, &[2, 3]);
    assert_eq!(pseudonym(&known, &task).await, name);
    names::adopt(&stage.app.pool, &known.names).await.expect("adopted");
    assert_eq!(pseudonym(&replica(&stage, &[3, 2]), &task).await, name);
}
