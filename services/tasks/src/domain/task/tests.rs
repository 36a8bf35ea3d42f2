//! Every transition from every state.

use chrono::TimeDelta;

use super::*;
use crate::domain::Policy;

const START: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn later() -> DateTime<Utc> {
    START + TimeDelta::minutes(1)
}

fn draft(images: u64) -> Task {
    let labels = vec!["cat".to_owned(), "dog".to_owned()];
    let words =
        Draft::new("Pets".into(), String::new(), labels, Policy::new(3, 0, 0.0).expect("valid")).expect("valid");
    let task = Task::new(TaskId::new(START, [1; 10]), UserId::new(START, [2; 10]), words, Audience::nobody(), START);
    Task { state: State::Draft { images }, ..task }
}

fn changed(step: Step) -> Task {
    match step {
        Step::Changed(task) => task,
        Step::Unchanged(task) => panic!("nothing changed: {task:?}"),
    }
}

fn open(images: u64) -> Task {
    changed(draft(images).submit(0, later()).expect("has images"))
}

fn completed() -> Task {
    changed(open(1).advance(Progress { decided: 1, ..Progress::default() }, later()))
}

fn cancelled() -> Task {
    changed(open(1).cancel(later()).expect("open"))
}

fn reason(result: Result<Step>) -> Reason {
    result.expect_err("refused").reason()
}

#[test]
fn a_draft_with_images_opens_and_counts_them() {
    let task = open(7);
    assert_eq!((task.version, task.images(), task.ended_at()), (2, 7, None));
    assert_eq!(task.labeling().map(|labeling| labeling.submitted_at), Some(later()));
    assert_eq!(task.check_draft().expect_err("open").reason(), Reason::TaskNotDraft);
}

#[test]
fn a_draft_without_images_does_not_open_or_finish_but_can_be_cancelled() {
    assert_eq!(reason(draft(0).submit(0, later())), Reason::TaskWithoutImages);
    assert_eq!(reason(draft(0).finish()), Reason::TaskNotOpen);
    assert_eq!(changed(draft(0).cancel(later()).expect("a draft")).ended_at(), Some(later()));
}

#[test]
fn repeats_change_nothing() {
    let finishing = changed(open(2).finish().expect("open"));
    for (task, step) in [
        (open(2), open(2).submit(0, later())),
        (completed(), completed().submit(0, later())),
        (finishing.clone(), finishing.clone().finish()),
        (cancelled(), cancelled().cancel(later())),
    ] {
        assert_eq!(step.expect("a repeat"), Step::Unchanged(task));
    }
}

#[test]
fn what_has_ended_stays_ended() {
    assert_eq!(reason(cancelled().submit(0, later())), Reason::TaskEnded);
    assert_eq!(reason(cancelled().finish()), Reason::TaskEnded);
    assert_eq!(reason(completed().finish()), Reason::TaskEnded);
    assert_eq!(reason(completed().cancel(later())), Reason::TaskEnded);
    let more = Progress { decided: 9, ..Progress::default() };
    assert_eq!(cancelled().advance(more, later()), Step::Unchanged(cancelled()));
}

#[test]
fn a_task_is_complete_when_every_image_is_decided_or_undecided() {
    let finishing = changed(open(3).finish().expect("open"));
    let two = changed(finishing.advance(Progress { decided: 2, contested: 1, ..Progress::default() }, later()));
    assert!(matches!(two.state, State::Open(_)));
    let all = Progress { decided: 2, contested: 1, undecided: 1, starved: 0 };
    let done = changed(two.advance(all, later()));
    assert_eq!((done.progress(), done.ended_at()), (all, Some(later())));
    assert_eq!(done.clone().finish().expect("it was finishing"), Step::Unchanged(done));
}

#[test]
fn progress_that_was_known_changes_nothing() {
    let task = changed(open(3).advance(Progress { starved: 1, ..Progress::default() }, later()));
    assert_eq!(task.clone().advance(task.progress(), later()), Step::Unchanged(task));
}
