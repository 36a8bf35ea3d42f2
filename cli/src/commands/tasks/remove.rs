//! `labelmesh tasks remove`: takes images out of a draft.

use std::collections::HashMap;

use futures::TryStreamExt as _;
use labelmesh_sdk::{Client, tasks::DeleteImageRequest};
use serde_json::json;

use super::images;
use crate::{
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
    let known = images(client, &options.task).map_ok(|image| (image.name, image.image_id));
    let known: HashMap<String, String> = known.try_collect().await?;
    let id = |image: &String| {
        known.get(image).or_else(|| known.values().find(|id| *id == image)).cloned().ok_or_else(|| image.clone())
    };
    let (ids, unknown): (Vec<_>, Vec<_>) = options.images.iter().map(id).partition(Result::is_ok);
    let unknown: Vec<String> = unknown.into_iter().filter_map(Result::err).collect();
    if !unknown.is_empty() {
        // Nothing is removed where a name is wrong: it may stand for another one.
        let mut failure = Failure::new(Exit::NotFound, "the task has not all of these images, and none was removed");
        failure.details = unknown.into_iter().map(|image| format!("{image}: no image has this name or id")).collect();
        return Err(failure);
    }
    for (image, image_id) in options.images.iter().zip(ids.into_iter().flatten()) {
        client.delete_image(DeleteImageRequest { task_id: options.task.clone(), image_id: image_id.clone() }).await?;
        output.result(&json!({"imageId": image_id, "removed": true}), || format!("{image} removed"))?;
    }
    Ok(())
}
