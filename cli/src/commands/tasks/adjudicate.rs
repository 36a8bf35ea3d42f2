//! `labelmesh tasks adjudicate`: a person decides.

use labelmesh_sdk::{Client, subtasks::AdjudicateImageRequest};

use super::{image_id, submitted};
use crate::{exit::Failure, output::Output};

/// Set the label of an image by hand, whatever the votes say; former decisions are kept.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks results TASK --doubtful 0.7        # what is worth looking at
  labelmesh tasks adjudicate TASK pets/17.png cat
  labelmesh tasks adjudicate TASK pets/17.png cat --comment 'a lynx, in fact'")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// The image's name or id.
    image: String,
    /// The label.
    label: String,
    /// Why, for whoever looks at it later.
    #[arg(long, default_value = "")]
    comment: String,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let Options { task, image, label, comment } = options;
    let request = AdjudicateImageRequest {
        task_id: task.clone(),
        image_id: image_id(client, task, image).await?,
        label: label.clone(),
        comment: comment.clone(),
    };
    let decision = submitted(client, task, client.adjudicate_image(request).await).await?;
    output.message(&decision, || format!("{image} is {label}."))
}
