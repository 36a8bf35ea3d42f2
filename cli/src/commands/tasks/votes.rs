//! `labelmesh tasks votes`: who voted for what, by pseudonym.

use std::{collections::HashMap, io};

use clap::ValueEnum;
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::submitted;
use crate::{
    api::{Api, Image, Rpc, field, parse},
    exit::Failure,
    output::{Output, print},
};

/// Write the votes of a task in the order in which they were given; operators go by pseudonyms.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks votes TASK > votes.csv
  labelmesh tasks votes TASK | labelmesh consensus -
  labelmesh tasks votes TASK --json      # one object a line

As CSV: item (the image's name), worker, label, voted_at, surplus (true where it came too late to count).")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// How to write them; --json means the same as --format json-lines.
    #[arg(long, default_value = "csv")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One line a vote.
    Csv,
    /// One object a line, as the contract has it.
    JsonLines,
}

pub(super) async fn run(options: &Options, api: &Api, output: Output) -> Result<(), Failure> {
    let mut votes = api.list(&Rpc::LIST_VOTES, &[&options.task], "votes", usize::MAX).boxed();
    // Whoever is refused gets no heading either.
    let first = submitted(api, &options.task, votes.next().await.transpose()).await?;
    let mut votes = stream::iter(first.map(Ok)).chain(votes);
    if output.json || options.format == Format::JsonLines {
        while let Some(vote) = votes.next().await {
            print(&[vote?.to_string()])?;
        }
        return Ok(());
    }
    let images = api.list(&Rpc::LIST_IMAGES, &[&options.task], "images", usize::MAX);
    let names: HashMap<String, String> = images
        .map(|image| parse::<Image>(&image?).map(|image| (image.image_id, image.name)))
        .boxed()
        .try_collect()
        .await?;
    let mut writer = csv::Writer::from_writer(io::stdout().lock());
    writer.write_record(["item", "worker", "label", "voted_at", "surplus"])?;
    while let Some(vote) = votes.next().await {
        let vote = vote?;
        let image = field(&vote, "subtaskId");
        let name = names.get(image).map_or(image, String::as_str);
        let surplus = if vote["surplus"].as_bool().unwrap_or_default() { "true" } else { "false" };
        let (operator, label) = (field(&vote, "operator"), field(&vote, "label"));
        writer.write_record([name, operator, label, field(&vote, "votedAt"), surplus])?;
    }
    Ok(writer.flush()?)
}
