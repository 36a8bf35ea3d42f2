//! `labelmesh tasks create`: a new task, with its images at once where wanted.

use std::{fs, path::PathBuf};

use labelmesh_records::{Fault, record};
use labelmesh_sdk::{
    Client,
    tasks::{CreateTaskRequest, Policy},
};

use super::{audience::Who, show, submit, task, upload, watch};
use crate::{
    exit::{Exit, Failure},
    images::{self, Found},
    output::Output,
};

/// Create a task: a draft to which images can be uploaded.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks create --title Pets --labels cat,dog,neither
  labelmesh tasks create --title Pets --labels cat,dog photos/ --submit --watch
  labelmesh tasks create --title Pets --labels cat,dog --invite ann@example.com --invite bob@example.com
  labelmesh tasks create --title Cats --labels 'lynx,\"tabby, small\",\"tabby, large\"'
  labelmesh tasks create --title Birds --labels-file species.txt --votes 5 --max-votes 9
  labelmesh tasks create --title Birds --labels bunting,other --votes 2 --max-votes 9 --confidence 0.95
  TASK=$(labelmesh tasks create --title Pets --labels cat,dog --json | jq -r .taskId)

With --confidence, images get votes until the rule is that sure of the label: few where reliable operators agree, more
where they don't. Of images decided at C a share C is right, if this crowd errs together as much as crowds usually do;
gold images (tasks gold) make it true for yours. More than 0.95 no number of votes can show, because people share
mistakes.")]
pub(crate) struct Options {
    /// The title, shown to operators.
    #[arg(long)]
    title: String,
    /// The labels that an image may bear, separated by commas; one that has a comma stands in quotes.
    #[arg(long, required_unless_present = "labels_file")]
    labels: Vec<String>,
    /// The labels from a file, one a line.
    #[arg(long, value_name = "FILE", conflicts_with = "labels")]
    labels_file: Option<PathBuf>,
    /// What operators should know in order to label well.
    #[arg(long, default_value = "")]
    instructions: String,
    /// The same from a file.
    #[arg(long, value_name = "FILE", conflicts_with = "instructions")]
    instructions_file: Option<PathBuf>,
    /// How many votes an image gets; with --confidence, the fewest.
    #[arg(long, default_value_t = 3, value_name = "N")]
    votes: u32,
    /// The most votes that an image may get; 0 leaves it to the server.
    #[arg(long, default_value_t = 0, value_name = "N")]
    max_votes: u32,
    /// How sure of a label the rule must be before an image is decided: from 0.8 to 0.95; 0 counts votes instead. Of
    /// images decided at C a share C is right, if this crowd errs together as much as crowds usually do; gold images
    /// (tasks gold) make it true for yours.
    #[arg(long, default_value_t = 0.0, value_name = "C")]
    confidence: f64,
    /// Of the images that operators are handed, how many have a known label (tasks gold), up to 0.5; 0 leaves it to the
    /// server.
    #[arg(long, default_value_t = 0.0, value_name = "SHARE")]
    gold_share: f64,
    /// How often an operator must be right on those, or is paused; 0 leaves it to the server.
    #[arg(long, default_value_t = 0.0, value_name = "SHARE")]
    gold_accuracy: f64,
    /// How many of those an operator must have labeled right before votes count.
    #[arg(long, default_value_t = 0, value_name = "N")]
    qualification: u32,
    /// Take one vote alone for an image from a source network (/24, /64): for tasks that strangers label.
    #[arg(long)]
    one_vote_per_network: bool,
    #[command(flatten)]
    who: Who,
    /// Images to upload at once: files, folders, patterns.
    images: Vec<PathBuf>,
    /// Submit the task when all images are there.
    #[arg(long, requires = "images")]
    submit: bool,
    /// Watch it then until every image is decided.
    #[arg(long, requires = "submit")]
    watch: bool,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    // What is not there is better known before there is a task.
    let found = if options.images.is_empty() { Found::default() } else { images::find(&options.images)? };
    let request = request(options)?;
    let audience = options.who.audience(client, &options.title).await?;
    let mut created = client.create_task(CreateTaskRequest { audience, ..request }).await?;
    let id = created.task_id.clone();
    if !found.is_empty() {
        output.note(&format!("Created task {id}."));
        let summary = upload::upload(client, &id, found, upload::PARALLEL, output).await?;
        output.note(&summary.text());
        if let Some(failure) = summary.failure() {
            return Err(failure.remedy(format!("labelmesh tasks submit {id}, to go on without these files")));
        }
        created = task(client, &id).await?;
    }
    if options.submit {
        created = submit::submit(client, &id).await?;
    } else {
        output.note(&format!("It is a draft: labelmesh tasks submit {id} hands it out."));
    }
    show::told(&created, output)?;
    if options.watch { watch::until_the_end(client, &id, output).await } else { Ok(()) }
}

/// A text that a file has.
pub(super) fn read(path: &PathBuf) -> Result<String, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::file(path, &error))?;
    let broken = |fault| Failure::new(Exit::Refused, format!("{}: {fault}", path.display()));
    labelmesh_records::text(&bytes).map_err(broken)
}

/// Labels from a file, one a line, whichever way lines end there; or those that were given, in records of CSV.
pub(super) fn labels(file: Option<&PathBuf>, given: &[String]) -> Result<Vec<String>, Failure> {
    if let Some(path) = file {
        let text = read(path)?;
        let lines = text.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty());
        return Ok(lines.map(str::to_owned).collect());
    }
    let broken = |fault: Fault| Failure::new(Exit::Usage, format!("--labels: {fault}"));
    let records: Vec<Vec<String>> =
        given.iter().map(|typed| record(typed)).collect::<Result<_, _>>().map_err(broken)?;
    Ok(records.concat())
}

fn request(options: &Options) -> Result<CreateTaskRequest, Failure> {
    let labels = labels(options.labels_file.as_ref(), &options.labels)?;
    let instructions = match &options.instructions_file {
        Some(path) => read(path)?,
        None => options.instructions.clone(),
    };
    let policy = Policy {
        redundancy: options.votes,
        max_votes: options.max_votes,
        confidence: options.confidence,
        gold_share: options.gold_share,
        gold_accuracy: options.gold_accuracy,
        qualification: options.qualification,
        one_vote_per_network: options.one_vote_per_network,
    };
    let (title, policy) = (options.title.clone(), Some(policy));
    Ok(CreateTaskRequest { title, labels, instructions, policy, ..CreateTaskRequest::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_a_file_are_its_lines_without_the_marks_of_its_encoding() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("labels.txt");
        let text = "\u{feff}cat\r\n\r\n 猫 \r\ntabby, young\r\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let lone = text.replace('\n', "");
        let plain = text.replace('\r', "");
        for bytes in [text.as_bytes(), lone.as_bytes(), plain.trim_start_matches('\u{feff}').as_bytes(), &utf16] {
            fs::write(&path, bytes).expect("written");
            assert_eq!(labels(Some(&path), &[]).expect("read"), ["cat", "猫", "tabby, young"]);
        }
    }

    #[test]
    fn labels_that_are_typed_are_a_record_of_csv() {
        let typed = |given: &[&str]| labels(None, &given.iter().map(|&text| text.to_owned()).collect::<Vec<_>>());
        assert_eq!(
            typed(&[r#"cat, "tabby, small",dog"#]),
            Ok(["cat", "tabby, small", "dog"].map(str::to_owned).to_vec())
        );
        assert_eq!(typed(&["cat,dog", "owl"]), Ok(["cat", "dog", "owl"].map(str::to_owned).to_vec()));
        assert!(typed(&["cat,\"dog"]).is_err_and(|failure| failure.exit == Exit::Usage));
    }
}
