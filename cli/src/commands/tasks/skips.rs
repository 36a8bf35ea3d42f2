//! `labelmesh tasks skips`: which images operators skipped, and why.

use std::collections::HashMap;

use futures::TryStreamExt as _;
use labelmesh_sdk::{
    Client,
    subtasks::{ListSkipsRequest, SkippedImage},
};

use super::{images, submitted};
use crate::{
    exit::Failure,
    limit,
    output::{Output, print, print_json, table, when, word},
};

/// List which images of a task operators skipped, and why; operators go by pseudonyms.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks skips TASK
  labelmesh tasks skips TASK --json | jq -r .reason | sort | uniq -c")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let request = ListSkipsRequest { task_id: options.task.clone(), page_size: limit::ALL, page_token: String::new() };
    let skips = client.list_skips_all(request).try_collect().await;
    let skips: Vec<SkippedImage> = submitted(client, &options.task, skips).await?;
    if output.json {
        return print_json(&skips);
    }
    if skips.is_empty() {
        output.note("No image of this task was skipped yet.");
        return Ok(());
    }
    let images = images(client, &options.task);
    let names: HashMap<String, String> = images.map_ok(|image| (image.image_id, image.name)).try_collect().await?;
    let row = |skip: &SkippedImage| {
        let name = names.get(&skip.subtask_id).unwrap_or(&skip.subtask_id);
        let reason = match word(skip.reason().as_str_name(), "SKIP_REASON_").as_str() {
            "unspecified" => "not said".to_owned(),
            reason => reason.to_owned(),
        };
        vec![name.clone(), reason, skip.operator.clone(), when(skip.skipped_at.as_ref())]
    };
    print(&[table(&["image", "why", "operator", "skipped"], &skips.iter().map(row).collect::<Vec<_>>())])
}
