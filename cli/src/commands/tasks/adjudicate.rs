//! `labelmesh tasks adjudicate`: a person decides.

use serde_json::json;

use super::{image_id, submitted};
use crate::{
    api::{Api, Rpc},
    exit::Failure,
    output::Output,
};

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

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    let Options { task, image, label, comment } = options;
    let id = image_id(api, task, image).await?;
    let body = json!({"label": label, "comment": comment});
    let decision = submitted(api, task, api.call(&Rpc::ADJUDICATE, &[task, &id], Some(&body)).await).await?;
    output.result(&decision, || format!("{image} is {label}."))
}
