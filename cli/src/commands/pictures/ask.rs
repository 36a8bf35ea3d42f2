//! Asking a server for pictures of sources, which it gets where it lacks them, and of pages.

use std::{collections::BTreeMap, io};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use indicatif::ProgressBar;
use labelmesh_sdk::{
    Client, Refusal, Upload,
    renditions::{
        CreateTransformationsRequest, ListTransformationsRequest, Spec, Transformation, TransformationItem,
        TransformationsProgress, UploadSourcesResponse, WatchTransformationsRequest, transformation_result,
    },
};

use super::{plan::Source, spec};
use crate::{
    exit::{Exit, Failure},
    follow::{State, follow_over_breaks},
    images::File,
    output::Output,
    sending,
};

/// How many transformations are asked for at once.
pub(super) const BATCH: usize = 500;
/// The largest page of transformations.
const PAGE: i32 = 500;
/// How many requests with files are under way at once for one batch.
const PARALLEL: usize = 4;

/// Who asks, and for what.
pub(super) struct Asker<'a> {
    pub(super) client: &'a Client,
    pub(super) spec: &'a Spec,
    /// Counts sources whose pictures are there or will never be.
    pub(super) made: &'a ProgressBar,
    /// Counts bytes of sources that are sent.
    pub(super) sent: &'a ProgressBar,
    pub(super) output: Output,
}

/// What became of sources, by their places among those that are asked for together.
type Results<T> = BTreeMap<usize, Result<T, Failure>>;

impl Asker<'_> {
    /// Has pictures made of at most [`BATCH`] sources; what became of each, in their order, when it has ended.
    ///
    /// # Errors
    /// If the server stays away, or refuses all.
    pub(super) async fn ended(&self, sources: &[Source]) -> Result<Vec<Result<Transformation, Failure>>, Failure> {
        let (digests, mut results) = parted(digests(sources).await?);
        // What the server has need not be sent, nor is made again what was made.
        let pages = (0..).zip(sources).filter_map(|(place, source)| Some((place, self.of_page(source.page.as_ref()?))));
        let (batch, asked) = self.ask(&self.of_sources(&digests).chain(pages).collect()).await?;
        let is_lacking = |(place, result): &(usize, _)| sources[*place].image.is_none() && is_unknown(result);
        let (unknown, known): (Results<_>, Results<_>) = asked.into_iter().partition(is_lacking);
        let unknown = digests.into_iter().filter(|(place, _)| unknown.contains_key(place)).collect();
        let (digests, refused) = parted(self.send(sources, unknown).await?);
        let (other_batch, asked) = self.ask(&self.of_sources(&digests).collect()).await?;
        results.extend(refused);
        let mut counted = 0;
        for (batch, mut asked) in [(batch, known), (other_batch, asked)] {
            self.follow(&batch, &mut asked, &mut counted).await?;
            results.extend(asked);
        }
        self.made.inc((sources.len() as u64).saturating_sub(counted));
        Ok(results.into_values().collect())
    }

    /// What is asked for of sources with these digests.
    fn of_sources<'a>(
        &self,
        digests: &'a BTreeMap<usize, String>,
    ) -> impl Iterator<Item = (usize, TransformationItem)> {
        let item =
            |source: &'a String| TransformationItem { source_sha256: source.clone(), spec: Some(self.spec.clone()) };
        digests.iter().map(move |(place, source)| (*place, item(source)))
    }

    /// What is asked for of a page.
    fn of_page(&self, url: &str) -> TransformationItem {
        TransformationItem { source_sha256: String::new(), spec: Some(spec::of_page(self.spec, url)) }
    }

    /// Asks for pictures: the batch, and what became of each.
    async fn ask(
        &self,
        wanted: &BTreeMap<usize, TransformationItem>,
    ) -> Result<(String, Results<Transformation>), Failure> {
        if wanted.is_empty() {
            return Ok((String::new(), Results::new()));
        }
        // The client gives it the id by which a repeat is known.
        let request = CreateTransformationsRequest { items: wanted.values().cloned().collect(), ..Default::default() };
        let created = self.client.create_transformations(request).await?;
        let mut results = Results::new();
        for (place, result) in wanted.keys().zip(created.results) {
            let result = match result.result {
                Some(transformation_result::Result::Transformation(transformation)) => Ok(transformation),
                Some(transformation_result::Result::Error(status)) => Err(Failure::from(Refusal::from(&status))),
                None => Err(Failure::new(Exit::Unexpected, "the server does not say what became of it")),
            };
            match result {
                // What is wrong with the options is wrong for all; an address is a page's own.
                Err(failure) if failure.is("FIELD_INVALID") && wanted[place].source_sha256.is_empty() => {
                    results.insert(*place, Err(failure))
                }
                Err(failure) if failure.is("FIELD_INVALID") || failure.is("KIND_NOT_OFFERED") => return Err(failure),
                result => results.insert(*place, result),
            };
        }
        if results.len() < wanted.len() {
            return Err(Failure::new(Exit::Unexpected, "the server does not say what became of all pictures"));
        }
        Ok((created.batch_id, results))
    }

    /// Sends sources that the server lacks, each content once; their digests as the server has them.
    async fn send(&self, sources: &[Source], digests: BTreeMap<usize, String>) -> Result<Results<String>, Failure> {
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, digest) in digests {
            places.entry(digest).or_default().push(place);
        }
        // Reports come back by what the files are called here: their places.
        let groups: BTreeMap<u64, Vec<usize>> =
            places.into_values().map(|group| (sources[group[0]].file.place, group)).collect();
        let files: Vec<File> = groups.values().map(|group| sources[group[0]].file.clone()).collect();
        self.sent.inc_length(files.iter().map(|file| file.size).sum());
        let requests = stream::iter(sending::batches(files)).map(|files| self.send_once(files));
        let heard: Vec<Vec<_>> = requests.buffer_unordered(PARALLEL).try_collect().await?;
        let mut results = Results::new();
        for (place, result) in heard.into_iter().flatten() {
            for source in groups.get(&place).into_iter().flatten() {
                results.insert(*source, result.clone());
            }
        }
        Ok(results)
    }

    /// Sends files in one request; what became of each, by its place.
    async fn send_once(&self, files: Vec<File>) -> Result<Vec<(u64, Result<String, Failure>)>, Failure> {
        let mut heard = Vec::with_capacity(files.len());
        let call = async |upload: Upload, _: &[File]| self.client.upload_sources(upload).await;
        let hear = |file: &File, report: UploadSourcesResponse| heard.push((file.place, digest(report)));
        sending::send(files, self.sent, call, hear).await?;
        Ok(heard)
    }

    /// Waits until all of a batch has ended, over breaks, and looks then what became of it. `counted` is how many the
    /// bar has already.
    async fn follow(&self, batch: &str, asked: &mut Results<Transformation>, counted: &mut u64) -> Result<(), Failure> {
        if asked.values().flatten().all(|transformation| transformation.ended_at.is_some()) {
            return Ok(());
        }
        let before = *counted;
        let tell = |progress: &TransformationsProgress| {
            let ended = before + progress.succeeded + progress.failed + progress.cancelled;
            self.made.inc(ended.saturating_sub(*counted));
            *counted = ended.max(*counted);
            self.made.set_message(format!("{} at work, {} waiting", progress.running, progress.queued));
            Ok(false)
        };
        let open = async |after_version| {
            let request = WatchTransformationsRequest { batch_id: batch.to_owned(), after_version };
            Ok(self.client.watch_transformations(request).await?.err_into().boxed())
        };
        let note = |text: &str| self.made.suspend(|| self.output.note(text));
        follow_over_breaks::<TransformationsProgress>(open, tell, note).await?;
        self.made.set_message("");
        let request = ListTransformationsRequest { batch_id: batch.to_owned(), page_size: PAGE, ..Default::default() };
        let ended = self.client.list_transformations_all(request);
        let mut ended: BTreeMap<String, Transformation> =
            ended.map_ok(|one| (one.transformation_id.clone(), one)).try_collect().await?;
        for transformation in asked.values_mut().flatten() {
            if let Some(ended) = ended.remove(&transformation.transformation_id) {
                *transformation = ended;
            }
        }
        Ok(())
    }
}

impl State for TransformationsProgress {
    fn version(&self) -> u64 {
        self.version
    }

    fn is_last(&self) -> bool {
        self.queued == 0 && self.running == 0
    }
}

/// Whether the server lacks a source.
fn is_unknown(result: &Result<Transformation, Failure>) -> bool {
    result.as_ref().is_err_and(|failure| failure.is("SOURCE_UNKNOWN"))
}

/// What went well, and what did not.
fn parted<T>(results: Results<String>) -> (BTreeMap<usize, String>, Results<T>) {
    let (mut well, mut badly) = (BTreeMap::new(), Results::new());
    for (place, result) in results {
        match result {
            Ok(digest) => {
                well.insert(place, digest);
            }
            Err(failure) => {
                badly.insert(place, Err(failure));
            }
        }
    }
    (well, badly)
}

/// The digests of sources that are images or files, or why these can't be read.
async fn digests(sources: &[Source]) -> Result<Results<String>, Failure> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let files = (0..).zip(sources).filter(|(_, source)| source.image.is_none() && source.page.is_none());
    let digests = stream::iter(files).map(|(place, source)| {
        let file = source.file.clone();
        async move {
            let digest = tokio::task::spawn_blocking(move || file.sha256()).await;
            digest.map(|digest| (place, digest)).map_err(|error| Failure::new(Exit::Unexpected, error.to_string()))
        }
    });
    let digests: Vec<_> = digests.buffered(cores).try_collect().await?;
    let unreadable = |error: io::Error| Failure::new(Exit::Refused, format!("it can't be read: {error}"));
    let images = (0..).zip(sources).filter_map(|(place, source)| Some((place, Ok(source.image.clone()?))));
    Ok(digests.into_iter().map(|(place, digest)| (place, digest.map_err(unreadable))).chain(images).collect())
}

/// The digest of a source that was taken.
fn digest(report: UploadSourcesResponse) -> Result<String, Failure> {
    match (report.source, report.error) {
        (Some(source), _) => Ok(source.sha256),
        (None, Some(status)) => Err(Failure::from(Refusal::from(&status))),
        (None, None) => Err(Failure::new(Exit::Unexpected, "the server does not say what became of it")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use bytes::Bytes;
    use labelmesh_sdk::renditions::TransformationState;
    use serde_json::{Value, json};

    use super::*;
    use crate::{commands::pictures::plan::plan, stub::stub};

    /// An answer to whoever asks for pictures: those of sources that are known are there.
    fn created(asked: &Value, known: &[String]) -> Value {
        let refused = json!({"code": 5, "message": "unknown", "details": [
            {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "SOURCE_UNKNOWN", "domain": "labelmesh"}
        ]});
        let ended = json!({"state": "TRANSFORMATION_STATE_SUCCEEDED", "endedAt": "2026-11-25T17:48:00Z"});
        let items = asked["items"].as_array().into_iter().flatten();
        let results = items.map(|item| match known.iter().any(|source| item["sourceSha256"] == source.as_str()) {
            true => json!({"transformation": ended}),
            false => json!({"error": refused}),
        });
        json!({"batchId": "b", "results": results.collect::<Vec<_>>()})
    }

    #[tokio::test]
    async fn only_what_the_server_lacks_is_sent_and_each_content_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |(place, (name, text)): (u64, (&str, &str))| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("written");
            File { name: name.to_owned(), path, size: 3, place }
        };
        let (sources, _) = plan(
            (1..).zip([("a.png", "one"), ("b.png", "two"), ("c.png", "two"), ("d.png", "six")]).map(file).collect(),
        );
        std::fs::remove_file(&sources[3].file.path).expect("removed");
        let digest = |place: usize| sources[place].file.sha256().expect("read");
        let (one, two) = (digest(0), digest(1));
        let known = Arc::new(Mutex::new(vec![one]));
        let calls = Arc::new(Mutex::new(Vec::new()));
        let client = stub({
            let calls = calls.clone();
            move |path: String, body: Bytes| {
                let mut known = known.lock().expect("no panic");
                calls.lock().expect("no panic").push(path.clone());
                let answer = if path == "/v1/sources" {
                    known.push(two.clone());
                    json!({"name": "b.png", "index": "0", "source": {"sha256": two}})
                } else {
                    created(&serde_json::from_slice(&body).expect("JSON"), &known)
                };
                async move { Some(answer.to_string()) }
            }
        })
        .await;
        let (made, sent, spec) = (ProgressBar::hidden(), ProgressBar::hidden(), Spec::default());
        let output = Output { json: true };
        let asker = Asker { client: &client, spec: &spec, made: &made, sent: &sent, output };
        let results = asker.ended(&sources).await.expect("answers");
        let states: Vec<_> = results.iter().map(|result| result.as_ref().map(Transformation::state).ok()).collect();
        assert_eq!(states[..3], [Some(TransformationState::Succeeded); 3]);
        let unreadable = results[3].as_ref().expect_err("it is gone");
        assert!(unreadable.message.starts_with("it can't be read"), "{unreadable}");
        let expected = ["/v1/transformations:batch", "/v1/sources", "/v1/transformations:batch"];
        assert_eq!(
            (calls.lock().expect("no panic").as_slice(), made.position()),
            (&expected.map(str::to_owned)[..], 4)
        );
    }
}
