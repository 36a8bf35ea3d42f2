//! `labelmesh tasks show`: one task.

use futures::{StreamExt as _, TryStreamExt as _};
use labelmesh_sdk::{
    Client,
    subtasks::{GetHoldsRequest, ListOperatorsRequest, TaskHolds},
    tasks::{Image, Policy, Task, TaskState},
};

use super::{audience::told as told_audience, images, is_over, task};
use crate::{
    exit::{Exit, Failure},
    limit,
    output::{Output, counted, when, word},
};

/// Of larger tasks gold images are not counted, which takes a call for each thousand images.
const MOST_COUNTED: u64 = 20_000;

/// Show a task: what it asks, where it stands.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks show TASK
  labelmesh tasks show TASK --json")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let known = task(client, &options.task).await?;
    if output.json {
        return told(&known, output);
    }
    let policy = known.policy.unwrap_or_default();
    let gold = match known.images {
        0..=MOST_COUNTED => match gold_images(client, &options.task).await? {
            0 => None,
            some => Some(gold(&policy, &counted(some, "image"))),
        },
        _ => Some(gold(&policy, "where there are any")),
    };
    let holds = match known.state() {
        TaskState::Open => holds(client, &options.task).await?,
        _ => None,
    };
    let few = match &holds {
        Some(holds) => few(client, &options.task, holds).await?.map(|few| format!("too few   {few}")),
        None => None,
    };
    let held = holds.as_ref().and_then(held);
    output.message(&known, || lines(&known, gold, held).into_iter().chain(few).collect::<Vec<_>>().join("\n"))
}

/// What operators hold of a task; nothing of one that was submitted only a moment ago.
async fn holds(client: &Client, task: &str) -> Result<Option<TaskHolds>, Failure> {
    match client.get_holds(GetHoldsRequest { task_id: task.to_owned() }).await.map_err(Failure::from) {
        Ok(holds) => Ok(Some(holds)),
        Err(failure) if failure.exit == Exit::NotFound => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// What operators hold, in a few words; nothing where they hold nothing.
fn held(holds: &TaskHolds) -> Option<String> {
    let (images, operators) = (counted(holds.images, "image"), counted(holds.operators, "operator"));
    (holds.images > 0).then(|| format!("{images} by {operators}, the first since {}", when(holds.oldest.as_ref())))
}

/// What a task waits for that may never come, where it waits for operators.
pub(super) async fn waits(client: &Client, task: &str) -> Result<Option<String>, Failure> {
    match holds(client, task).await? {
        Some(holds) => few(client, task, &holds).await,
        None => Ok(None),
    }
}

/// That a task can't end by itself, where too few operators may label it; or that so few have looked at it yet, where
/// everybody may.
async fn few(client: &Client, task: &str, holds: &TaskHolds) -> Result<Option<String>, Failure> {
    let needed = holds.needed_operators;
    let (many, sentence) = match holds.eligible_operators {
        Some(eligible) => (eligible, "it is open to"),
        None => (seen(client, task, needed).await?, "it was handed so far to"),
    };
    let told = || format!("{sentence} {}, and an image needs {needed}", counted(many, "operator"));
    Ok((many < needed.into()).then(told))
}

/// How many operators were handed images of a task; counted no further than some number.
async fn seen(client: &Client, task: &str, most: u32) -> Result<u64, Failure> {
    let request = ListOperatorsRequest { task_id: task.to_owned(), page_size: limit::ALL, ..Default::default() };
    let operators = client.list_operators_all(request).take(most as usize);
    Ok(operators.try_fold(0, async |seen, _| Ok(seen + 1)).await?)
}

/// Writes a task.
pub(super) fn told(task: &Task, output: Output) -> Result<(), Failure> {
    output.message(task, || lines(task, None, None).join("\n"))
}

/// How many images of a task have a known label.
async fn gold_images(client: &Client, task: &str) -> Result<u64, Failure> {
    let count = async |gold, image: Image| Ok(gold + u64::from(!image.gold_label.is_empty()));
    Ok(images(client, task).try_fold(0, count).await?)
}

/// How gold images are used.
fn gold(policy: &Policy, images: &str) -> String {
    let percent = |share: f64| (1000.0 * share).round() / 10.0;
    let (share, accuracy) = (percent(policy.gold_share), percent(policy.gold_accuracy));
    let first = match policy.qualification {
        0 => String::new(),
        first => format!(", {first} of them right before others come"),
    };
    format!("{images}, {share} % of what operators are handed; {accuracy} % must be right{first}")
}

fn lines(task: &Task, gold: Option<String>, held: Option<String>) -> Vec<String> {
    let is_finishing = task.finishing && !is_over(task.state());
    let mut lines = vec![
        format!("task      {}", task.task_id),
        format!("title     {}", task.title),
        format!("labels    {}", task.labels.join(", ")),
        format!("rule      {}", rule(task)),
        format!(
            "state     {}{}",
            word(task.state().as_str_name(), "TASK_STATE_"),
            if is_finishing { ", being finished" } else { "" }
        ),
        format!(
            "images    {}, {} decided{}",
            task.images,
            task.decided,
            trouble(task.contested, task.undecided, task.starved)
        ),
    ];
    lines.extend(task.audience.as_ref().map(|audience| format!("open to   {}", told_audience(audience))));
    lines.extend(gold.map(|gold| format!("gold      {gold}")));
    lines.extend(held.map(|held| format!("held      {held}")));
    lines.push(format!("created   {}", when(task.created_at.as_ref())));
    for (what, time) in [("opened", &task.submitted_at), ("ended", &task.ended_at)] {
        lines.extend(time.as_ref().map(|time| format!("{what:<9} {}", when(Some(time)))));
    }
    if !task.instructions.is_empty() {
        lines.push(format!("\n{}", task.instructions));
    }
    lines
}

fn rule(task: &Task) -> String {
    let policy = task.policy.unwrap_or_default();
    let most = match policy.max_votes {
        0 => String::new(),
        most => format!(", at most {most}"),
    };
    let votes = counted(policy.redundancy.into(), "vote");
    let network = if policy.one_vote_per_network { ", one from a source network" } else { "" };
    if policy.confidence > 0.0 {
        return format!("until {:.1} % sure, at least {votes}{most}{network}", 100.0 * policy.confidence);
    }
    format!("{votes} an image, one more while tied{most}{network}")
}

/// What is not as it should be, in a few words.
pub(super) fn trouble(contested: u64, undecided: u64, starved: u64) -> String {
    let parts = [(contested, "contested"), (undecided, "undecided"), (starved, "starved")];
    parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {count} {what}")).collect()
}

#[cfg(test)]
mod tests {
    use labelmesh_sdk::tasks::TaskState;
    use serde_json::json;

    use super::*;
    use crate::stub::stub;

    #[test]
    fn a_task_that_is_asked_to_finish_says_so_until_it_has() {
        let state = |state: TaskState, finishing| {
            lines(&Task { state: state.into(), finishing, ..Task::default() }, None, None)[4].clone()
        };
        assert_eq!(state(TaskState::Open, false), "state     open");
        assert_eq!(state(TaskState::Open, true), "state     open, being finished");
        assert_eq!(state(TaskState::Completed, true), "state     completed");
    }

    #[test]
    fn what_is_held_is_told_where_anything_is() {
        assert_eq!(held(&TaskHolds::default()), None);
        let told = held(&TaskHolds { images: 3, operators: 1, ..TaskHolds::default() });
        assert!(told.is_some_and(|told| told.starts_with("3 images by 1 operator, the first since ")));
    }

    #[tokio::test]
    async fn a_task_that_waits_for_operators_says_so() {
        // One operator was handed images.
        let client = stub(|_, _| async { Some(json!({"operators": [{"operator": "a"}]}).to_string()) }).await;
        let told = async |eligible_operators, needed_operators| {
            let holds = TaskHolds { eligible_operators, needed_operators, ..TaskHolds::default() };
            few(&client, "task", &holds).await.expect("answers")
        };
        assert_eq!((told(None, 1).await, told(Some(3), 3).await), (None, None));
        let expected = "it is open to 1 operator, and an image needs 3";
        assert_eq!(told(Some(1), 3).await.as_deref(), Some(expected));
        let expected = "it was handed so far to 1 operator, and an image needs 2";
        assert_eq!(told(None, 2).await.as_deref(), Some(expected));
    }

    #[test]
    fn how_gold_images_are_used_is_told() {
        let policy = Policy { gold_share: 0.125, gold_accuracy: 0.7, qualification: 5, ..Policy::default() };
        let told = gold(&policy, "12 images");
        let expected = "12 images, 12.5 % of what operators are handed; 70 % must be right, 5 of them right before";
        assert!(told.starts_with(expected), "{told}");
        assert!(lines(&Task::default(), Some(told), None).iter().any(|line| line.starts_with("gold      12 images")));
    }
}
