//! `labelmesh tasks submit`: opens a draft for labeling.

use labelmesh_sdk::{
    Client,
    tasks::{SubmitTaskRequest, Task},
};

use super::show;
use crate::{exit::Failure, output::Output};

/// Open a draft for labeling; from then on its images, labels and rule are fixed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  labelmesh tasks submit TASK")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    show::told(&submit(client, &options.task).await?, output)
}

/// Submits a draft; the task as it is then.
pub(super) async fn submit(client: &Client, task: &str) -> Result<Task, Failure> {
    let submitted = client.submit_task(SubmitTaskRequest { task_id: task.to_owned() }).await;
    submitted.map_err(|error| of_draft(error.into(), task))
}

/// What a draft asks of operators was said when it was made: no option here can mend it, but more gold images can.
fn of_draft(failure: Failure, task: &str) -> Failure {
    let Some(rule) = failure.message.strip_prefix("--qualification: ") else { return failure };
    let message = format!("the task's qualification {rule}");
    Failure { message, ..failure }.remedy(format!("labelmesh tasks gold {task} FILE, which names more"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    #[test]
    fn too_few_gold_images_are_no_matter_of_an_option() {
        let refused = |message: &str| of_draft(Failure::new(Exit::Refused, message), "t");
        let failure = refused("--qualification: must not be more than the task has gold images: 3");
        assert!(failure.message.starts_with("the task's qualification must not be more"), "{failure}");
        assert!(failure.remedy.is_some_and(|remedy| remedy.starts_with("labelmesh tasks gold t")));
        assert_eq!(refused("no"), Failure::new(Exit::Refused, "no"));
    }
}
