//! `labelmesh tasks upload`: sends what is not there yet.

mod batch;
mod summary;

use std::{
    collections::{HashMap, HashSet},
    io,
    path::PathBuf,
    sync::Arc,
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use labelmesh_sdk::{Client, tasks::Image};

pub(crate) use self::summary::Summary;
use self::summary::{Present, Refused};
use super::images as images_of;
use crate::{
    exit::{Exit, Failure},
    images::{self, File, Found},
    output::{Output, counted},
    progress,
    sending::batches,
};

/// How many requests are under way at once, if nothing else is said.
pub(crate) const PARALLEL: usize = 4;

/// Upload images to a draft. What is there already is not sent again, so an interrupted upload is simply repeated.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh tasks upload TASK photos/                 # every image below the folder
  labelmesh tasks upload TASK a.png b.jpg
  labelmesh tasks upload TASK 'photos/**/*.png'       # a pattern of this program's, beyond what the shell knows
  labelmesh tasks upload TASK photos/ --parallel 8

Images are known by their content (SHA-256), and files in folders by how they begin or what their names end in: JPEG,
PNG, WebP and GIF are sent, all others are listed as left alone, and so are folders that a pattern fits. A file is
called by its path within the folder that was named. Files that are refused, or can't be read, are listed with the
reason, and the exit code is 6; the others are kept.")]
pub(crate) struct Options {
    /// The task's id.
    task: String,
    /// Files, folders, patterns.
    #[arg(required = true)]
    images: Vec<PathBuf>,
    /// How many requests are under way at once: 1 to 32.
    #[arg(long, default_value_t = PARALLEL as u64, value_parser = clap::value_parser!(u64).range(1..=32))]
    parallel: u64,
}

pub(super) async fn run(options: &Options, client: &Client, output: Output) -> Result<(), Failure> {
    let found = images::find(&options.images)?;
    let parallel = usize::try_from(options.parallel).unwrap_or(PARALLEL);
    let summary = upload(client, &options.task, found, parallel, output).await?;
    output.result(&summary.json(&options.task), || summary.text())?;
    summary.failure().map_or(Ok(()), Err)
}

/// Uploads what the task does not have yet; says what became of each file.
pub(crate) async fn upload(
    client: &Client,
    task: &str,
    found: Found,
    parallel: usize,
    output: Output,
) -> Result<Summary, Failure> {
    let mut summary = Summary { left_alone: found.left_alone, ..Summary::default() };
    for (name, why) in found.unreadable {
        summary.refused.push(Refused { name, reason: None, message: why });
    }
    let there = there(client, task).await?;
    let all = found.files.len() + summary.refused.len();
    let mut missing = missing(found.files, &there, &mut summary, output).await?;
    // They stand as they were given, however parallel they are sent, and behind what else is there.
    let given: HashSet<_> = summary.present.iter().map(|present| present.first_name.as_str()).collect();
    let others = there.values().filter(|image| !given.contains(image.name.as_str()));
    let others = others.map(|image| image.place).max().unwrap_or_default();
    missing.iter_mut().for_each(|file| file.place += others);
    let bar = progress::bytes(output, missing.iter().map(|file| file.size).sum(), "sending");
    let mut sent =
        stream::iter(batches(missing)).map(|files| batch::send(client, task, files, &bar)).buffer_unordered(parallel);
    while let Some(part) = sent.next().await {
        summary.add(part.map_err(|failure| broken_off(failure, task, &summary, all))?);
    }
    summary.sort();
    Ok(summary)
}

/// What is said of an upload of so many files that broke off. More may be there than was heard of.
fn broken_off(mut failure: Failure, task: &str, summary: &Summary, all: usize) -> Failure {
    let there = counted((summary.added + summary.present.len()) as u64, "image");
    failure.details.push(format!("of {}, {there} are in the task for sure", counted(all as u64, "file")));
    let again = format!("labelmesh tasks upload {task} with the same files: it goes on from there");
    match failure.exit {
        Exit::Unavailable | Exit::Unexpected => failure.remedy(again),
        Exit::NotSignedIn => failure.remedy(format!("labelmesh login, then {again}")),
        _ => failure,
    }
}

/// The images that the task has, by their hashes.
pub(crate) async fn there(client: &Client, task: &str) -> Result<HashMap<String, Image>, Failure> {
    Ok(images_of(client, task).map_ok(|image| (image.sha256.clone(), image)).try_collect().await?)
}

/// The files whose content is not there, each content once; those that can't be read are refused.
async fn missing(
    files: Vec<File>,
    there: &HashMap<String, Image>,
    summary: &mut Summary,
    output: Output,
) -> Result<Vec<File>, Failure> {
    let bar = progress::bar(output, files.len() as u64, "reading");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let hashed: Vec<(Arc<File>, io::Result<String>)> = stream::iter(files.into_iter().map(Arc::new))
        .map(|file| {
            let bar = bar.clone();
            async move {
                let known = file.clone();
                let hash = tokio::task::spawn_blocking(move || known.sha256()).await;
                bar.inc(1);
                let hash = hash.map_err(|error| Failure::new(Exit::Unexpected, error.to_string()))?;
                Ok::<_, Failure>((file, hash))
            }
        })
        .buffered(cores)
        .try_collect()
        .await?;
    drop(bar);
    let mut seen: HashMap<String, String> = HashMap::new();
    let mut missing = Vec::new();
    for (file, hash) in hashed {
        match hash {
            Err(error) => {
                let (name, message) = (file.name.clone(), format!("it can't be read: {error}"));
                summary.refused.push(Refused { name, reason: None, message });
            }
            Ok(hash) => {
                let there = there.get(&hash);
                match there.map(|image| &image.name).or_else(|| seen.get(&hash)) {
                    Some(first) => summary.present.push(Present { name: file.name.clone(), first_name: first.clone() }),
                    None => {
                        seen.insert(hash, file.name.clone());
                        missing.push(Arc::unwrap_or_clone(file.clone()));
                    }
                }
                summary.note(&file.name, there.map(|image| image.notes().collect()).unwrap_or_default());
            }
        }
    }
    Ok(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_that_breaks_off_says_what_is_kept_and_how_it_goes_on() {
        let present = Present { name: "a".to_owned(), first_name: "a".to_owned() };
        let summary = Summary { added: 200, present: vec![present; 100], ..Summary::default() };
        let of = |exit| broken_off(Failure::new(exit, "no").remedy("else"), "t", &summary, 2500);
        let failure = of(Exit::Unavailable);
        assert_eq!(failure.details, ["of 2500 files, 300 images are in the task for sure"]);
        assert!(failure.remedy.is_some_and(|remedy| remedy.contains("tasks upload t with the same files")));
        assert_eq!(of(Exit::State).remedy.as_deref(), Some("else"), "what can't go on");
    }
}
