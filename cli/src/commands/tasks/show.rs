//! `labelmesh tasks show`: one task.

use serde_json::Value;

use crate::{
    api::{Api, Rpc, Task, parse},
    exit::Failure,
    output::{Output, counted, when},
};

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
    told(&task, output)
}

/// Writes a task.
pub(super) fn told(task: &Value, output: Output) -> Result<(), Failure> {
    let known: Task = parse(task)?;
    output.result(task, || lines(&known).join("\n"))
}

fn lines(task: &Task) -> Vec<String> {
    let is_finishing = task.finishing && !task.state.is_over();
    let mut lines = vec![
        format!("task      {}", task.task_id),
        format!("title     {}", task.title),
        format!("labels    {}", task.labels.join(", ")),
        format!("rule      {}", rule(task)),
        format!("state     {}{}", task.state.name(), if is_finishing { ", being finished" } else { "" }),
        format!("images    {}, {} decided{}", task.images, task.decided, trouble(task.contested, task.undecided, 0)),
        format!("created   {}", when(&task.created_at)),
    ];
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
        let state = |state, finishing| lines(&Task { state, finishing, ..Task::default() })[4].clone();
        assert_eq!(state(TaskState::Open, false), "state     open");
        assert_eq!(state(TaskState::Open, true), "state     open, being finished");
        assert_eq!(state(TaskState::Completed, true), "state     completed");
    }
}
