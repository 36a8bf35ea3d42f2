//! `labelmesh tasks update`: corrects a draft.

use std::path::PathBuf;

use labelmesh_sdk::{
    Client,
    tasks::{Policy, UpdateTaskRequest},
};

use super::{
    create::{labels, read},
    show, task,
};
use crate::{
    exit::{Exit, Failure},
    output::Output,
};

/// Correct a draft: what is not named stays as it is.
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("change").required(true).multiple(true),
    after_help = "Examples:
  labelmesh tasks update TASK --title Pets
  labelmesh tasks update TASK --labels cat,dog,neither --votes 5

From the submission on a task stands as it is. See also: tasks upload, tasks remove, tasks gold."
)]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// The title, shown to operators.
    #[arg(long, group = "change")]
    title: Option<String>,
    /// All labels that an image may bear, separated by commas; one that has a comma stands in quotes.
    #[arg(long, group = "change")]
    labels: Vec<String>,
    /// The labels from a file, one a line.
    #[arg(long, value_name = "FILE", conflicts_with = "labels", group = "change")]
    labels_file: Option<PathBuf>,
    /// What operators should know in order to label well.
    #[arg(long, group = "change")]
    instructions: Option<String>,
    /// The same from a file.
    #[arg(long, value_name = "FILE", conflicts_with = "instructions", group = "change")]
    instructions_file: Option<PathBuf>,
    /// How many votes an image gets; with --confidence, the fewest.
    #[arg(long, value_name = "N", group = "change")]
    votes: Option<u32>,
    /// The most votes that an image may get; 0 leaves it to the server.
    #[arg(long, value_name = "N", group = "change")]
    max_votes: Option<u32>,
    /// How sure of a label the rule must be before an image is decided: from 0.8 to 0.95; 0 counts votes instead. Of
    /// images decided at C a share C is right, if this crowd errs together as much as crowds usually do; gold images
    /// (tasks gold) make it true for yours.
    #[arg(long, value_name = "C", group = "change")]
    confidence: Option<f64>,
    /// Of the images that operators are handed, how many have a known label, up to 0.5; 0 leaves it to the server.
    #[arg(long, value_name = "SHARE", group = "change")]
    gold_share: Option<f64>,
    /// How often an operator must be right on those, or is paused; 0 leaves it to the server.
    #[arg(long, value_name = "SHARE", group = "change")]
    gold_accuracy: Option<f64>,
    /// How many of those an operator must have labeled right before votes count.
    #[arg(long, value_name = "N", group = "change")]
    qualification: Option<u32>,
    /// Whether an image takes one vote alone from a source network.
    #[arg(long, value_name = "true|false", group = "change")]
    one_vote_per_network: Option<bool>,
}

impl Options {
    /// The policy with what was named; none where nothing of it was.
    fn policy(&self, before: &Policy) -> Option<Policy> {
        let after = Policy {
            redundancy: self.votes.unwrap_or(before.redundancy),
            // What the server chose for other numbers of votes it chooses again.
            max_votes: self.max_votes.or(self.votes.map(|_| 0)).unwrap_or(before.max_votes),
            confidence: self.confidence.unwrap_or(before.confidence),
            gold_share: self.gold_share.unwrap_or(before.gold_share),
            gold_accuracy: self.gold_accuracy.unwrap_or(before.gold_accuracy),
            qualification: self.qualification.unwrap_or(before.qualification),
            one_vote_per_network: self.one_vote_per_network.unwrap_or(before.one_vote_per_network),
        };
        (after != *before).then_some(after)
    }
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let before = task(client, &options.task).await?;
    let instructions = match &options.instructions_file {
        Some(path) => Some(read(path)?),
        None => options.instructions.clone(),
    };
    let labels = labels(options.labels_file.as_ref(), &options.labels)?;
    if let Some(path) = options.labels_file.as_ref().filter(|_| labels.is_empty()) {
        return Err(Failure::new(Exit::Refused, format!("{}: there are no labels in it", path.display())));
    }
    let request = UpdateTaskRequest {
        task_id: options.task.clone(),
        title: options.title.clone(),
        instructions,
        labels,
        policy: options.policy(&before.policy.unwrap_or_default()),
        ..UpdateTaskRequest::default()
    };
    show::told(&client.update_task(request).await?, output)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn typed(words: &[&str]) -> Result<Options, clap::Error> {
        Line::try_parse_from(["update", "t"].iter().chain(words)).map(|line| line.options)
    }

    #[test]
    fn what_is_not_named_stays() {
        let before = Policy { redundancy: 3, max_votes: 9, gold_share: 0.1, ..Policy::default() };
        let policy = |words: &[&str]| typed(words).expect("options").policy(&before);
        assert_eq!(policy(&["--title", "Pets"]), None);
        assert_eq!(policy(&["--qualification", "4"]), Some(Policy { qualification: 4, ..before }));
        assert_eq!(policy(&["--votes", "5"]), Some(Policy { redundancy: 5, max_votes: 0, ..before }));
        assert!(typed(&[]).is_err(), "nothing is changed");
        let options = typed(&["--labels", r#"cat,"tabby, small""#]).expect("options");
        assert_eq!(labels(None, &options.labels).expect("a record"), ["cat", "tabby, small"]);
    }
}
