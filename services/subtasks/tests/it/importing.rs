//! Recorded votes and decisions, brought in by the task's owner.

use bytes::Bytes;
use futures::future::join_all;
use futures::stream;
use labelmesh_errors::{Reason, Result};
use labelmesh_identity::{Reach, Role};
use labelmesh_ids::{SubtaskId, TaskId};
use labelmesh_proto::subtasks::v1::ClosingCause;
use labelmesh_proto::subtasks::v1::{
    ImportDecisionsRequest, ImportVotesRequest, ListVotesRequest, SubtaskDecided, import_decisions_response,
    import_votes_response,
};
use labelmesh_proto::r#type::v1::Part;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use subtasks::app::closing::set_aside::set_aside_due;
use subtasks::app::handing_out::exclude::exclude_operator;
use subtasks::app::importing::{Piece, Problem, Report, decisions, votes};
use subtasks::app::tasks::end_task::end_task;
use subtasks::domain::TaskState;
use tokio::sync::mpsc;
use tonic::Code;

use crate::stage::{Stage, Task, reason};
use crate::world::World;

/// A file in pieces of a few bytes.
fn pieces(text: &str) -> Vec<Result<Piece>> {
    let bytes = Bytes::copy_from_slice(text.as_bytes());
    let count = bytes.chunks(50).count();
    let piece = |(number, data): (usize, &[u8])| {
        Ok(Piece { name: "votes".to_owned(), data: bytes.slice_ref(data), last: number + 1 == count })
    };
    bytes.chunks(50).enumerate().map(piece).collect()
}

/// What an import said: its problem lines, and the summary.
type Said<S> = (Vec<Problem>, S);

async fn gather<S>(mut reports: mpsc::Receiver<Report<S>>) -> Said<S> {
    let mut problems = Vec::new();
    while let Some(report) = reports.recv().await {
        match report {
            Report::Problem(problem) => problems.push(problem),
            Report::Summary(summary) => return (problems, summary),
        }
    }
    panic!("an import ends with a summary");
}

async fn import(stage: &Stage, task: &Task, text: &str) -> Result<Said<votes::Summary>> {
    let (sender, reports) = mpsc::channel(2_000);
    let reach = Reach::Own(task.spec.owner_id);
    votes::import_votes(&stage.app, reach, task.id, stream::iter(pieces(text)), sender).await?;
    Ok(gather(reports).await)
}

async fn import_decisions(stage: &Stage, task: &Task, text: &str) -> Result<Said<decisions::Summary>> {
    let (sender, reports) = mpsc::channel(2_000);
    let reach = Reach::Own(task.spec.owner_id);
    decisions::import_decisions(&stage.app, reach, task.id, stream::iter(pieces(text)), sender).await?;
    Ok(gather(reports).await)
}

/// A file of votes.
fn csv(votes: &[(SubtaskId, &str, &str)]) -> String {
    let lines = votes.iter().map(|(image, operator, label)| format!("{image},{operator},{label}\n"));
    format!("image_id,operator,label\n{}", lines.collect::<String>())
}

fn kinds(problems: &[Problem]) -> Vec<(u64, Reason)> {
    problems.iter().map(|problem| (problem.line, problem.error.reason())).collect()
}

#[tokio::test]
async fn a_name_in_a_file_can_be_excluded_and_what_comes_of_it_later_is_surplus() {
    let stage = Stage::new().await;
    let task = stage.task(3, 2, 2).await;
    let [one, two, three] = task.images[..] else { panic!("three images") };
    import(&stage, &task, &csv(&[(one, "ann", "dog"), (two, "ann", "dog")])).await.expect("imports");
    let ann = stage.pseudonym(task.id, votes::operator(task.id, "ann"));
    exclude_operator(&stage.app, Reach::All, task.id, &ann).await.expect("excludes");
    assert_eq!(set_aside_due(&stage.app).await.expect("sets aside"), 2);
    let file = csv(&[(three, "ann", "dog"), (one, "ann", "cat"), (one, "bob", "cat"), (one, "cyd", "cat")]);
    let (problems, summary) = import(&stage, &task, &file).await.expect("imports");
    assert_eq!((problems.len(), summary.surplus, summary.counted, summary.decided), (0, 2, 2, 1));
    assert_eq!(stage.events::<SubtaskDecided>().await[0].label, "cat");
    stage.check().await;
}

#[tokio::test]
async fn recorded_votes_decide_as_live_ones_do_and_those_that_come_too_late_are_surplus() {
    let stage = Stage::new().await;
    let task = stage.task(2, 2, 3).await;
    let [one, two] = task.images[..] else { panic!("two images") };
    let file = csv(&[
        (one, "ann", "cat"),
        (two, "ann", "cat"),
        (one, "bob", "cat"),
        (one, "cleo", "dog"),
        (two, "bob", "dog"),
        (two, "cleo", "dog"),
    ]);
    let (problems, summary) = import(&stage, &task, &file).await.expect("imports");
    assert!(problems.is_empty());
    let expected = votes::Summary { lines: 6, counted: 5, surplus: 1, decided: 2, ..votes::Summary::default() };
    assert_eq!(summary, expected);
    stage.check().await;
    let labels: Vec<_> = stage.events::<SubtaskDecided>().await.into_iter().map(|e| (e.subtask_id, e.label)).collect();
    assert!(
        labels.contains(&(one.to_string(), "cat".to_owned())) && labels.contains(&(two.to_string(), "dog".to_owned()))
    );
}

#[tokio::test]
async fn importing_the_same_again_changes_nothing() {
    let stage = Stage::new().await;
    let task = stage.task(2, 2, 3).await;
    let [one, two] = task.images[..] else { panic!("two images") };
    let file = csv(&[(one, "ann", "cat"), (one, "bob", "cat"), (one, "cleo", "dog"), (two, "ann", "owl")]);
    import(&stage, &task, &file).await.expect("imports");
    let (problems, summary) = import(&stage, &task, &file).await.expect("imports");
    assert_eq!((problems.len(), summary.lines, summary.unchanged), (0, 4, 4));
    // A name stands for the same operator in every file, and may change its mind while the image is open.
    let (problems, summary) =
        import(&stage, &task, &csv(&[(two, "ann", "cat"), (one, "ann", "dog")])).await.expect("imports");
    assert_eq!((summary.revised, kinds(&problems)), (1, vec![(3, Reason::ImageDecided)]));
    stage.check().await;
    assert_eq!(stage.events::<SubtaskDecided>().await.len(), 1);
}

#[tokio::test]
async fn labels_and_names_that_look_the_same_are_the_same_and_the_tasks_own_label_is_kept() {
    let stage = Stage::new().await;
    let task = stage.task(2, 2, 3).await;
    let [one, two] = task.images[..] else { panic!("two images") };
    let file = csv(&[
        (one, "Jos\u{e9}", "c\u{200b}at"),
        (one, "Jose\u{301}", "cat"),
        (one, "\u{200b}", "cat"),
        (one, "bob", "cat\u{fe0f}"),
    ]);
    let (problems, summary) = import(&stage, &task, &file).await.expect("imports");
    assert_eq!(kinds(&problems), [(4, Reason::FieldInvalid)], "a name that nobody sees is none");
    assert_eq!((summary.counted, summary.unchanged, summary.decided), (2, 1, 1));
    let file = format!("image_id,label\n{two},d\u{ad}og\n{two},dog\n");
    let (_, summary) = import_decisions(&stage, &task, &file).await.expect("imports");
    assert_eq!((summary.decided, summary.unchanged), (1, 1));
    let (_, summary) = import_decisions(&stage, &task, &file).await.expect("imports again");
    assert_eq!((summary.decided, summary.unchanged), (0, 2));
    let mut labels: Vec<_> = stage.events::<SubtaskDecided>().await.into_iter().map(|event| event.label).collect();
    labels.sort();
    assert_eq!(labels, ["cat", "dog"]);
    stage.check().await;
}

#[tokio::test]
async fn every_problem_is_told_with_its_line_and_the_other_lines_count() {
    let stage = Stage::new().await;
    let (task, other) = (stage.task(3, 1, 1).await, stage.task(1, 1, 1).await);
    let [one, two, three] = task.images[..] else { panic!("three images") };
    let file = format!(
        "label,image_id,operator,note\ncat,{one},ann,x\nfish,{two},ann,x\ncat,{},ann,x\ncat,nowhere,ann,x\n\n\
         cat,{two},,x\ncat,{two}\ncat,{two},ann,x\n{}\ncat,{three},ann,x",
        other.images[0],
        "x".repeat(20_000)
    );
    let (problems, summary) = import(&stage, &task, &file).await.expect("imports");
    let expected = [
        (3, Reason::LabelUnknown),
        (4, Reason::NotFound),
        (5, Reason::FieldInvalid),
        (7, Reason::FieldInvalid),
        (8, Reason::Malformed),
        (10, Reason::RequestTooLarge),
    ];
    assert_eq!(kinds(&problems), expected);
    assert_eq!((summary.lines, summary.counted, summary.refused, summary.decided), (9, 3, 6, 3));
    assert_eq!(stage.open_images().await, 1, "the other task's image is untouched");
}

#[tokio::test]
async fn columns_are_called_as_the_command_line_and_our_exports_call_them_too() {
    let stage = Stage::new().await;
    let task = stage.task(3, 1, 1).await;
    let [one, two, three] = task.images[..] else { panic!("three images") };
    for (header, image) in
        [("item,worker,label", one), ("Image_ID,Operator,Label", two), ("task,performer,answer", three)]
    {
        let file = format!("{header}\n{image},ann,cat\n");
        let (problems, summary) = import(&stage, &task, &file).await.expect("imports");
        assert_eq!((kinds(&problems), summary.counted), (vec![], 1), "{header}");
    }
}

#[tokio::test]
async fn lines_that_end_with_a_bare_return_are_lines_too() {
    let stage = Stage::new().await;
    let task = stage.task(2, 1, 1).await;
    let [one, two] = task.images[..] else { panic!("two images") };
    let file = format!("image_id,operator,label\r{one},ann,cat\r{two},ann,fish\r{two},ann,cat\n");
    let (problems, summary) = import(&stage, &task, &file).await.expect("imports");
    assert_eq!((summary.lines, summary.counted, kinds(&problems)), (3, 2, vec![(3, Reason::LabelUnknown)]));
}

#[tokio::test]
async fn json_lines_are_read_as_well() {
    let stage = Stage::new().await;
    let task = stage.task(1, 1, 1).await;
    let image = task.images[0];
    let file = format!(
        "{{\"image_id\":\"{image}\",\"operator\":\"ann\"}}\n{{\"image_id\":\"{image}\",\"operator\":\"ann\",\"label\":\"owl\"}}\n"
    );
    let (problems, summary) = import(&stage, &task, &file).await.expect("imports");
    assert_eq!((kinds(&problems), summary.counted), (vec![(1, Reason::FieldInvalid)], 1));
}

#[tokio::test]
async fn whatever_ends_an_import_the_lines_before_stand() {
    let stage = Stage::new().await;
    let task = stage.task(2, 1, 1).await;
    let file = csv(&[(task.images[0], "ann", "cat"), (task.images[1], "ann", "cat")]);
    let mut pieces = pieces(&file);
    pieces.truncate(pieces.len() - 1);
    let (sender, _reports) = mpsc::channel(10);
    let reach = Reach::Own(task.spec.owner_id);
    let broken = votes::import_votes(&stage.app, reach, task.id, stream::iter(pieces), sender).await;
    assert_eq!(reason(broken), Reason::Malformed);
    assert_eq!(stage.open_images().await, 1);
    let (_, summary) = import(&stage, &task, &file).await.expect("imports");
    assert_eq!((summary.unchanged, summary.counted), (1, 1));
}

#[tokio::test]
async fn votes_are_imported_by_the_owner_into_a_task_that_is_there() {
    let stage = Stage::new().await;
    let task = stage.task(1, 1, 1).await;
    let file = csv(&[(task.images[0], "ann", "cat")]);
    let stranger = Task { spec: stage.spec(1, 1, 1), ..task.clone() };
    assert_eq!(reason(import(&stage, &stranger, &file).await), Reason::NotFound);
    assert_eq!(reason(import(&stage, &stage.unannounced(1, 1, 1), &file).await), Reason::NotFound);
    assert_eq!(reason(import(&stage, &task, "image_id,who,label\n").await), Reason::FieldInvalid);
    // Of two batches of images only the first has arrived.
    let mut late = stage.unannounced(2, 1, 1);
    let second = late.images.pop().expect("two images");
    stage.announce(&late).await;
    let file = csv(&[(second, "ann", "cat")]);
    assert_eq!(reason(import(&stage, &late, &file).await), Reason::Unavailable);
    late.images.push(second);
    stage.announce(&late).await;
    assert_eq!(import(&stage, &late, &file).await.expect("imports").1.counted, 1);
    end_task(&stage.app, late.id, 9, late.spec.owner_id, TaskState::Cancelled).await.expect("cancels");
    assert_eq!(reason(import(&stage, &late, &file).await), Reason::TaskEnded);
}

#[tokio::test]
async fn recorded_votes_leave_the_places_of_leases_alone() {
    let stage = Stage::new().await;
    let task = stage.task(1, 2, 2).await;
    let operator = stage.operator();
    let image = stage.lease_one(operator).await;
    let (_, summary) =
        import(&stage, &task, &csv(&[(image, "ann", "cat"), (image, "bob", "dog")])).await.expect("imports");
    assert_eq!((summary.counted, summary.surplus, summary.decided), (1, 1, 0));
    stage.check().await;
    stage.vote(operator, image, "cat").await.expect("votes");
    assert_eq!(stage.events::<SubtaskDecided>().await[0].label, "cat");
}

#[tokio::test]
async fn imports_and_operators_at_once_decide_every_image_once() {
    let stage = Stage::new().await;
    let task = stage.task(300, 3, 5).await;
    let lines: Vec<_> = task
        .images
        .iter()
        .flat_map(|&image| [(image, "ann", "cat"), (image, "bob", "dog"), (image, "cleo", "cat")])
        .collect();
    let (file, backwards) = (csv(&lines), csv(&lines.iter().rev().copied().collect::<Vec<_>>()));
    let live = (0..4).map(|_| {
        let stage = stage.clone();
        async move {
            let operator = stage.operator();
            for _ in 0..5 {
                for held in stage.lease(operator, 10).await.held {
                    stage.vote(operator, held.subtask_id, "cat").await.expect("a live lease");
                }
            }
        }
    });
    let (one, other, _) = tokio::join!(import(&stage, &task, &file), import(&stage, &task, &backwards), join_all(live));
    let (one, other) = (one.expect("imports").1, other.expect("imports").1);
    assert_eq!((one.refused, other.refused), (0, 0));
    stage.check().await;
    assert_eq!(stage.events::<SubtaskDecided>().await.len() as i64, 300 - stage.open_images().await);
}

#[test]
fn in_batches_or_one_by_one_votes_come_to_the_same() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let stage = runtime.block_on(Stage::new());
    let config = Config { cases: 24, rng_seed: RngSeed::Fixed(7), failure_persistence: None, ..Config::default() };
    let votes = prop::collection::vec((0usize..3, 0usize..6, 0usize..3), 1..60);
    let outcome = TestRunner::new(config).run(&(1u16..4, 0u16..3, votes), |(redundancy, extra, votes)| {
        runtime.block_on(async {
            stage.clear().await;
            let (names, labels) = (["a", "b", "c", "d", "e", "f"], ["cat", "dog", "owl"]);
            let (whole, single) = (
                stage.task(3, redundancy, redundancy + extra).await,
                stage.task(3, redundancy, redundancy + extra).await,
            );
            let lines = |task: &Task| -> Vec<_> {
                votes.iter().map(|&(image, name, label)| (task.images[image], names[name], labels[label])).collect()
            };
            let (problems, summary) = import(&stage, &whole, &csv(&lines(&whole))).await.expect("imports");
            let mut singly = votes::Summary::default();
            let mut refused = Vec::new();
            for (number, line) in lines(&single).into_iter().enumerate() {
                let (problems, one) = import(&stage, &single, &csv(&[line])).await.expect("imports");
                refused.extend(problems.iter().map(|problem| (number as u64 + 2, problem.error.reason())));
                singly.counted += one.counted;
                singly.decided += one.decided;
                singly.surplus += one.surplus;
            }
            stage.check().await;
            assert_eq!(kinds(&problems), refused);
            assert_eq!(
                (summary.counted, summary.decided, summary.surplus),
                (singly.counted, singly.decided, singly.surplus)
            );
            let mut events = stage.events::<SubtaskDecided>().await;
            events.sort_unstable_by_key(|event| event.subtask_id.clone());
            let of = |task: &Task| -> Vec<_> {
                let place =
                    |event: &SubtaskDecided| task.images.iter().position(|image| image.to_string() == event.subtask_id);
                let decided =
                    events.iter().filter_map(|event| Some((place(event)?, event.label.clone(), event.votes.clone())));
                let mut decided: Vec<_> = decided.collect();
                decided.sort_unstable_by_key(|(place, ..)| *place);
                decided
            };
            assert_eq!(of(&whole), of(&single));
        });
        Ok(())
    });
    outcome.expect("every file");
}

#[tokio::test]
async fn a_decision_that_was_made_elsewhere_closes_its_image() {
    let stage = Stage::new().await;
    let task = stage.task(3, 2, 2).await;
    let [one, two, three] = task.images[..] else { panic!("three images") };
    import(&stage, &task, &csv(&[(one, "ann", "dog"), (three, "ann", "owl"), (three, "bob", "owl")]))
        .await
        .expect("imports");
    let file =
        format!("image_id,label,confidence\n{one},cat,0.75\n{two},owl,\n{two},owl,1\n{three},cat,1\n{one},cat,2\n");
    let (problems, summary) = import_decisions(&stage, &task, &file).await.expect("imports");
    assert_eq!(kinds(&problems), [(5, Reason::ImageDecided), (6, Reason::FieldInvalid)]);
    assert_eq!((summary.lines, summary.decided, summary.unchanged, summary.refused), (5, 2, 1, 2));
    stage.check().await;
    let events = stage.events::<SubtaskDecided>().await;
    let event = events.iter().find(|event| event.subtask_id == one.to_string()).expect("decided");
    assert_eq!((event.label.as_str(), event.rule.as_str(), event.cause()), ("cat", "imported", ClosingCause::Imported));
    assert!((event.confidence - 0.75).abs() < 1e-12 && event.votes[0].label == "dog");
    let (problems, summary) =
        import_decisions(&stage, &task, &format!("image_id,label\n{two},owl\n{two},cat\n")).await.expect("imports");
    assert_eq!((summary.unchanged, kinds(&problems)), (1, vec![(3, Reason::ImageDecided)]));
}

#[tokio::test]
async fn over_grpc_problems_come_line_by_line_and_operators_stay_pseudonyms() {
    let world = World::new().await;
    let owner = world.identities.new_user();
    let task = TaskId::new(world.clock.now(), world.random.bytes());
    let images = world.images(2).await;
    world.submit(task, &world.spec(owner, 2, 1), &images).await;
    let (one, two) = (&images[0].image_id, &images[1].image_id);
    let file = format!("image_id,operator,label\n{one},ann,cat\n{one},bob,fish\n{two},ann,dog\n");
    let part = |data: String| {
        Some(Part { name: "votes.csv".to_owned(), media_type: String::new(), data: data.into(), last: true })
    };
    let mut client = world.clients[0].clone();
    let caller = world.caller(owner, Role::Client);
    let request = ImportVotesRequest { task_id: task.to_string(), part: part(file.clone()) };
    let mut said =
        client.import_votes(caller.asks(stream::iter([request.clone()]))).await.expect("imports").into_inner();
    let problem = said.message().await.expect("a message").expect("a problem").said;
    let Some(import_votes_response::Said::Problem(problem)) = problem else { panic!("a problem first") };
    let error = problem.error.expect("why");
    assert_eq!((problem.file.as_str(), problem.line, error.code), ("votes.csv", 3, Code::InvalidArgument as i32));
    assert_eq!(error.details.len(), 1, "with its reason");
    let summary = said.message().await.expect("a message").expect("a summary").said;
    let Some(import_votes_response::Said::Summary(summary)) = summary else { panic!("a summary at the end") };
    assert_eq!((summary.lines, summary.counted, summary.refused, summary.decided), (3, 2, 1, 2));
    assert!(said.message().await.expect("ends").is_none());

    let list = ListVotesRequest { task_id: task.to_string(), page_size: 0, page_token: String::new() };
    let votes = client.list_votes(caller.asks(list)).await.expect("lists").into_inner().votes;
    let order: Vec<_> = votes.iter().map(|vote| &vote.subtask_id).collect();
    assert_eq!((order, &votes[0].operator), (vec![one, two], &votes[1].operator));
    assert!(!format!("{votes:?}").contains("ann"));

    let foreign = world.caller(world.identities.new_user(), Role::Client);
    let refused = client.import_votes(foreign.asks(stream::iter([request.clone()]))).await.expect_err("foreign");
    assert_eq!(refused.code(), Code::NotFound);
    let refused = client.import_votes(world.operator().asks(stream::iter([request]))).await.expect_err("an operator");
    assert_eq!(refused.code(), Code::PermissionDenied);
    let admin = world.caller(world.identities.new_user(), Role::Administrator);
    let request =
        ImportDecisionsRequest { task_id: task.to_string(), part: part(format!("image_id,label\n{one},dog\n")) };
    let mut said = client.import_decisions(admin.asks(stream::iter([request]))).await.expect("imports").into_inner();
    let problem = said.message().await.expect("a message").expect("a problem").said;
    assert!(matches!(problem, Some(import_decisions_response::Said::Problem(_))), "it is decided already");
}
