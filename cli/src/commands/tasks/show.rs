//! `labelmesh tasks show`: one task.

use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use crate::{
    api::{Api, Image, Policy, Rpc, Task, parse},
    exit::Failure,
    output::{Output, counted, when},
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

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    let task = api.call(&Rpc::GET_TASK, &[&options.task], None).await?;
    if output.json {
        return told(&task, output);
    }
    let known: Task = parse(&task)?;
    let gold = match known.images {
        0..=MOST_COUNTED => match gold_images(api, &options.task).await? {
            0 => None,
            some => Some(gold(&known.policy, &counted(some, "image"))),
        },
        _ => Some(gold(&known.policy, "where there are any")),
    };
    output.result(&task, || lines(&known, gold).join("\n"))
}

/// Writes a task.
pub(super) fn told(task: &Value, output: Output) -> Result<(), Failure> {
    let known: Task = parse(task)?;
    output.result(task, || lines(&known, None).join("\n"))
}

/// How many images of a task have a known label.
async fn gold_images(api: &Api, task: &str) -> Result<u64, Failure> {
    let images = api.list(&Rpc::LIST_IMAGES, &[task], "images", usize::MAX).boxed();
    let count = async |gold, image: Value| Ok(gold + u64::from(!parse::<Image>(&image)?.gold_label.is_empty()));
    images.try_fold(0, count).await
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

fn lines(task: &Task, gold: Option<String>) -> Vec<String> {
    let is_finishing = task.finishing && !task.state.is_over();
    let mut lines = vec![
        format!("task      {}", task.task_id),
        format!("title     {}", task.title),
        format!("labels    {}", task.labels.join(", ")),
        format!("rule      {}", rule(task)),
        format!("state     {}{}", task.state.name(), if is_finishing { ", being finished" } else { "" }),
        format!("images    {}, {} decided{}", task.images, task.decided, trouble(task.contested, task.undecided, 0)),
    ];
    lines.extend(gold.map(|gold| format!("gold      {gold}")));
    lines.push(format!("created   {}", when(&task.created_at)));
    for (what, time) in [("opened", &task.submitted_at), ("ended", &task.ended_at)] {
        if !time.is_empty() {
            lines.push(format!("{what:<9} {}", when(time)));
        }
    }
    if !task.instructions.is_empty() {
        lines.push(format!("\n{}", task.instructions));
    }
    lines
}

fn rule(task: &Task) -> String {
    let policy = &task.policy;
    let most = match policy.max_votes {
        0 => String::new(),
        most => format!(", at most {most}"),
    };
    let votes = counted(policy.redundancy.into(), "vote");
    if policy.confidence > 0.0 {
        return format!("until {:.1} % sure, at least {votes}{most}", 100.0 * policy.confidence);
    }
    format!("{votes} an image, one more while tied{most}")
}

/// What is not as it should be, in a few words.
pub(super) fn trouble(contested: u64, undecided: u64, starved: u64) -> String {
    let parts = [(contested, "contested"), (undecided, "undecided"), (starved, "starved")];
    parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {count} {what}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::TaskState;

    #[test]
    fn a_task_that_is_asked_to_finish_says_so_until_it_has() {
        let state = |state, finishing| lines(&Task { state, finishing, ..Task::default() }, None)[4].clone();
        assert_eq!(state(TaskState::Open, false), "state     open");
        assert_eq!(state(TaskState::Open, true), "state     open, being finished");
        assert_eq!(state(TaskState::Completed, true), "state     completed");
    }

    #[test]
    fn how_gold_images_are_used_is_told() {
        let policy = Policy { gold_share: 0.125, gold_accuracy: 0.7, qualification: 5, ..Policy::default() };
        let told = gold(&policy, "12 images");
        let expected = "12 images, 12.5 % of what operators are handed; 70 % must be right, 5 of them right before";
        assert!(told.starts_with(expected), "{told}");
        assert!(lines(&Task::default(), Some(told)).iter().any(|line| line.starts_with("gold      12 images")));
    }
}
