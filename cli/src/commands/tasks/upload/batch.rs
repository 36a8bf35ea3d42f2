//! Many files in one request.

use std::{
    collections::BTreeMap,
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use indicatif::ProgressBar;
use labelmesh_sdk::{
    Client, Refusal, Upload,
    tasks::{UploadImagesResponse, UploadOutcome},
};
use tokio::time::sleep;
use tokio_util::io::ReaderStream;

use super::summary::{Present, Refused, Summary};
use crate::{
    exit::{Exit, Failure},
    images::File,
};

/// No more files than this in one request, and no more bytes, a single large file excepted.
const MOST_FILES: usize = 100;
const MOST_BYTES: u64 = 16 << 20;
/// How often a request is made that breaks off. Uploading the same again is harmless.
const TRIES: u32 = 6;
const FIRST_WAIT: Duration = Duration::from_millis(300);

/// Cuts the files into requests.
pub(super) fn batches(files: Vec<File>) -> Vec<Vec<File>> {
    let mut batches: Vec<Vec<File>> = Vec::new();
    let mut bytes = u64::MAX;
    for file in files {
        let full = batches.last().is_none_or(|batch| batch.len() >= MOST_FILES);
        if full || bytes.saturating_add(file.size) > MOST_BYTES {
            batches.push(Vec::new());
            bytes = 0;
        }
        bytes += file.size;
        if let Some(batch) = batches.last_mut() {
            batch.push(file);
        }
    }
    batches
}

/// The files of one request.
pub(super) struct Batch {
    pub(super) client: Client,
    pub(super) task: String,
    pub(super) files: Vec<File>,
    pub(super) bar: ProgressBar,
}

impl Batch {
    /// Sends the files; those that nothing was heard of are sent again.
    pub(super) async fn send(mut self) -> Result<Summary, Failure> {
        let mut summary = Summary::default();
        let mut wait = FIRST_WAIT;
        for round in 1.. {
            let tried = self.once(&mut summary).await;
            match tried {
                Ok(()) if self.files.is_empty() => break,
                Err(failure) if round >= TRIES || !failure.is_passing() => return Err(failure),
                Ok(()) if round >= TRIES => {
                    let message = format!("nothing was heard of {} files", self.files.len());
                    return Err(
                        Failure::new(Exit::Unavailable, message).remedy("the same again: nothing is sent twice")
                    );
                }
                _ => sleep(wait).await,
            }
            wait *= 2;
        }
        Ok(summary)
    }

    /// One request. Files that are reported leave the batch.
    async fn once(&mut self, summary: &mut Summary) -> Result<(), Failure> {
        let mut upload = Upload::new();
        let taken: Vec<Arc<AtomicU64>> = self.files.iter().map(|_| Arc::default()).collect();
        for (file, taken) in self.files.iter().zip(&taken) {
            let content = content(file.clone(), self.bar.clone(), taken.clone());
            upload = upload.stream(&file.name, "application/octet-stream", content);
        }
        let upload = upload.placed(self.files.iter().map(|file| file.place).collect());
        let mut reported = BTreeMap::new();
        let ended = async {
            let mut results = self.client.upload_images(&self.task, upload).await?;
            while let Some(result) = results.try_next().await? {
                reported.insert(result.index, result);
            }
            Ok(())
        };
        let ended = ended.await;
        for result in reported.values() {
            enter(result, summary);
        }
        let mut index = 0..;
        self.files.retain(|_| index.next().is_some_and(|index: u64| !reported.contains_key(&index)));
        // Other requests move the bar too: only what is sent again is taken off.
        let again = (0..).zip(&taken).filter(|(index, _)| !reported.contains_key(index));
        self.bar.dec(again.map(|(_, taken)| taken.load(Ordering::Relaxed)).sum());
        ended
    }
}

/// A file's content as it is read, shown on the bar and counted in `taken` as it is taken.
fn content(
    file: File,
    bar: ProgressBar,
    taken: Arc<AtomicU64>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    async_stream::try_stream! {
        let mut pieces = ReaderStream::with_capacity(tokio::fs::File::open(&file.path).await?, 1 << 16);
        while let Some(piece) = pieces.next().await {
            let piece = piece?;
            bar.inc(piece.len() as u64);
            taken.fetch_add(piece.len() as u64, Ordering::Relaxed);
            yield piece;
        }
    }
}

fn enter(result: &UploadImagesResponse, summary: &mut Summary) {
    match result.outcome() {
        UploadOutcome::Added => {
            summary.added += 1;
            summary.note(&result.name, result.notes().collect());
        }
        UploadOutcome::Present => {
            summary.present.push(Present { name: result.name.clone(), first_name: result.present_as.clone() });
            summary.note(&result.name, result.notes().collect());
        }
        _ => {
            let refusal = result.error.as_ref().map(Refusal::from).map(Failure::from);
            let (message, reason) = refusal.map_or_else(Default::default, |failure| (failure.message, failure.reason));
            summary.refused.push(Refused { name: result.name.clone(), reason, message });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stub::stub;

    fn sizes(all: &[u64]) -> Vec<usize> {
        let file = |&size: &u64| File { name: String::new(), path: "x".into(), size, place: 1 };
        batches(all.iter().map(file).collect()).iter().map(Vec::len).collect()
    }

    #[test]
    fn requests_are_bounded_in_files_and_bytes() {
        assert_eq!(sizes(&[]), [0; 0]);
        assert_eq!(sizes(&[1; 250]), [100, 100, 50]);
        assert_eq!(sizes(&[MOST_BYTES - 1, 1, 1]), [2, 1]);
        assert_eq!(sizes(&[MOST_BYTES * 2, 1]), [1, 1]);
    }

    #[tokio::test]
    async fn a_request_that_is_made_again_takes_only_its_own_off_the_bar() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = ["heard.png", "unheard.png"].map(|name| {
            let path = folder.path().join(name);
            std::fs::write(&path, [0; 10]).expect("written");
            File { name: name.to_owned(), path, size: 10, place: 1 }
        });
        let bar = ProgressBar::hidden();
        let others = bar.clone();
        let client = stub(move |_, _| {
            // Meanwhile another request sends something too.
            others.inc(7);
            async { Some(r#"{"index":"0","name":"heard.png","outcome":"UPLOAD_OUTCOME_ADDED"}"#.to_owned()) }
        })
        .await;
        let mut batch = Batch { client, task: "task".to_owned(), files: files.into(), bar: bar.clone() };
        let mut summary = Summary::default();
        assert_eq!(batch.once(&mut summary).await, Ok(()));
        assert_eq!((batch.files.len(), summary.added, bar.position()), (1, 1, 17));
    }
}
