//! Files on their way to a server, many in one request.

use std::{
    collections::BTreeMap,
    io, mem,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use indicatif::ProgressBar;
use labelmesh_sdk::{Answers, Error, Upload, renditions::UploadSourcesResponse, tasks::UploadImagesResponse};
use tokio::time::sleep;
use tokio_util::io::ReaderStream;

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

/// What a server says became of a file.
pub(crate) trait Report {
    /// Where the file stands in the request, from 0.
    fn index(&self) -> u64;
}

/// Cuts the files into requests.
pub(crate) fn batches(files: Vec<File>) -> Vec<Vec<File>> {
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

/// Sends files in one request by `call`, and again those that nothing was heard of; `heard` gets what became of each.
///
/// # Errors
/// What does not pass, or what lasts; what was heard before stands.
pub(crate) async fn send<R: Report + 'static>(
    mut files: Vec<File>,
    bar: &ProgressBar,
    call: impl AsyncFn(Upload, &[File]) -> Result<Answers<R>, Error>,
    mut heard: impl FnMut(&File, R),
) -> Result<(), Failure> {
    let mut wait = FIRST_WAIT;
    for round in 1.. {
        let tried = once(&mut files, bar, &call, &mut heard).await;
        match tried {
            Ok(()) if files.is_empty() => break,
            Err(failure) if round >= TRIES || !failure.is_passing() => return Err(failure),
            Ok(()) if round >= TRIES => {
                let message = format!("nothing was heard of {} files", files.len());
                return Err(Failure::new(Exit::Unavailable, message).remedy("the same again: nothing is sent twice"));
            }
            _ => sleep(wait).await,
        }
        wait *= 2;
    }
    Ok(())
}

/// One request. Files that are reported are sent.
async fn once<R: Report + 'static>(
    files: &mut Vec<File>,
    bar: &ProgressBar,
    call: &impl AsyncFn(Upload, &[File]) -> Result<Answers<R>, Error>,
    heard: &mut impl FnMut(&File, R),
) -> Result<(), Failure> {
    let mut upload = Upload::new();
    let taken: Vec<Arc<AtomicU64>> = files.iter().map(|_| Arc::default()).collect();
    for (file, taken) in files.iter().zip(&taken) {
        let content = content(file.clone(), bar.clone(), taken.clone());
        upload = upload.stream(&file.name, "application/octet-stream", content);
    }
    let mut reported = BTreeMap::new();
    let ended = async {
        let mut results = call(upload, files.as_slice()).await?;
        while let Some(result) = results.try_next().await? {
            reported.insert(result.index(), result);
        }
        Ok::<_, Failure>(())
    };
    let ended = ended.await;
    // Other requests move the bar too: only what is sent again is taken off.
    let again = (0..).zip(&taken).filter(|(index, _)| !reported.contains_key(index));
    bar.dec(again.map(|(_, taken)| taken.load(Ordering::Relaxed)).sum());
    for (index, file) in (0..).zip(mem::take(files)) {
        match reported.remove(&index) {
            Some(report) => heard(&file, report),
            None => files.push(file),
        }
    }
    ended
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

impl Report for UploadImagesResponse {
    fn index(&self) -> u64 {
        self.index
    }
}

impl Report for UploadSourcesResponse {
    fn index(&self) -> u64 {
        self.index
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
        let (mut files, mut heard) = (Vec::from(files), Vec::new());
        let call = async |upload: Upload, _: &[File]| client.upload_images("task", upload).await;
        let mut hear = |file: &File, _: UploadImagesResponse| heard.push(file.name.clone());
        assert_eq!(once(&mut files, &bar, &call, &mut hear).await, Ok(()));
        assert_eq!((heard, files.len(), bar.position()), (vec!["heard.png".to_owned()], 1, 17));
    }
}
