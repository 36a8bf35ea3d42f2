//! `labelmesh tasks remove`: takes images out of a draft.

use labelmesh_sdk::{Client, tasks::DeleteImageRequest};
use serde_json::json;

use crate::{
    commands::import::Album,
    exit::{Exit, Failure},
    output::Output,
};

/// Take images out of a draft.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks remove TASK blurred.png cats/7.jpg
  labelmesh tasks results TASK --json          # lists the names")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// The images' names or ids.
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<String>,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let album = Album::of(client, &options.task).await?;
    let (ids, unknown): (Vec<_>, Vec<_>) =
        options.images.iter().map(|image| album.named(image)).partition(Result::is_ok);
    let unknown: Vec<String> = unknown.into_iter().filter_map(Result::err).collect();
    if !unknown.is_empty() {
        // Nothing is removed where a name is wrong: it may stand for another one.
        let mut failure = Failure::new(Exit::NotFound, "the task has not all of these images, and none was removed");
        failure.details = unknown;
        return Err(failure);
    }
    for (image, image_id) in options.images.iter().zip(ids.into_iter().flatten()) {
        let request = DeleteImageRequest { task_id: options.task.clone(), image_id: image_id.to_owned() };
        client.delete_image(request).await?;
        output.result(&json!({"imageId": image_id, "removed": true}), || format!("{image} removed"))?;
    }
    Ok(())
}
