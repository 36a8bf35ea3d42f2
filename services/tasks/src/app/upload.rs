//! Takes an upload: a stream of files in, what became of each out.
//!
//! Three bounds hold whatever arrives: files in memory share a fixed number of bytes ([`Memory`]), pictures being
//! decoded share another ([`Judge`]), and a call that goes on and on with one file is ended.

mod collect;
mod judge;
mod memory;
mod thumbnail;
mod turns;

use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _, future::try_join};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{ImageId, TaskId};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument as _;

use super::App;
use crate::{
    domain::{ContentHash, FileName, Held, NewImage, Outcome, Picture, Refusal},
    store::{
        self,
        contents::{self, Object},
        images::Bounds,
        tasks::OwnTask,
        usage::Adding,
    },
};

pub(crate) use collect::Piece;
use collect::{Arrived, Collected, collect_files};
pub(crate) use judge::Judge;
use judge::Judged;
pub(crate) use memory::Memory;
pub(crate) use thumbnail::make_thumbnail;
use turns::{Turn, Turns};

/// How many files of one call are worked on at once.
const AT_ONCE: usize = 4;

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileReport {
    /// Where the file stands in the upload, from 0.
    pub(crate) index: u64,
    /// Its name, as it was sent.
    pub(crate) name: String,
    /// What became of it.
    pub(crate) outcome: Outcome,
}

impl FileReport {
    fn refused(index: u64, name: String, refusal: Refusal) -> Self {
        Self { index, name, outcome: Outcome::Refused(refusal) }
    }
}

/// Takes the files of a stream into a draft, several at once, and reports each when what is said of it is kept.
/// `places` are those that its files are to have, as far as they are given.
///
/// # Errors
/// NOT_FOUND, TASK_NOT_DRAFT; REQUEST_TOO_LARGE for a file without end; MALFORMED for a stream that stops within a
/// file; what the stream of pieces fails with. What was reported before stands.
pub(crate) async fn upload_images(
    app: &App,
    reach: Reach,
    task_id: TaskId,
    places: &[u64],
    pieces: impl Stream<Item = Result<Piece>> + Send,
    reports: mpsc::Sender<FileReport>,
) -> Result<()> {
    let task = super::get_task(app, reach, task_id).await?;
    task.check_draft()?;
    let (arrived, files) = mpsc::channel(1);
    // When the stream breaks, the files that arrived before are still kept and reported. When keeping fails, there is
    // no point in reading on.
    let collecting = async { Ok(collect_files(pieces, app.memory.clone(), arrived).await) };
    let (collected, ()) = try_join(collecting, keep_all(app, &task, places, files, reports)).await?;
    collected
}

/// Keeps files as they arrive, several at once and yet in the order in which they came, and reports each. Of files that
/// are the same or are called the same, the first is kept, whichever is ready first.
async fn keep_all(
    app: &App,
    task: &OwnTask,
    places: &[u64],
    files: mpsc::Receiver<Arrived>,
    reports: mpsc::Sender<FileReport>,
) -> Result<()> {
    let mut turns = Turns::default();
    let placed = ReceiverStream::new(files).then(|file| driven(placed(app.clone(), place_of(&file, places), file)));
    let read = placed.map_ok(|(position, file)| driven(read(app.clone(), position, file))).try_buffered(AT_ONCE);
    let kept = read.map_ok(|file| {
        let turn = file.as_ref().ok().map(|file| turns.take([(&file.hash).into(), (&file.name).into()]));
        driven(keep(app.clone(), task.clone(), file, turn))
    });
    let mut kept = std::pin::pin!(kept.try_buffer_unordered(AT_ONCE));
    while let Some(report) = kept.try_next().await? {
        metrics::counter!("tasks_uploaded_files_total", "outcome" => outcome_name(&report.outcome)).increment(1);
        reports.send(report).await.map_err(|_| Error::unavailable("nobody listens"))?;
    }
    Ok(())
}

/// A step that goes on whether or not its stream is polled, until it is dropped. A buffered stream that is full does
/// not poll what comes before it: a step there could be handed the last connection, and keep it for ever.
async fn driven<T: Send + 'static>(step: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    AbortOnDropHandle::new(tokio::spawn(step.in_current_span())).await.map_err(Error::internal).flatten()
}

/// The place that a file is to have, where one is given.
fn place_of(file: &Arrived, places: &[u64]) -> Option<i64> {
    let (Arrived::Refused { index, .. } | Arrived::Whole { index, .. }) = file;
    let place = *places.get(usize::try_from(*index).ok()?)?;
    i64::try_from(place).ok()
}

/// A file with its place, which stays empty if the file is refused.
async fn placed(app: App, given: Option<i64>, file: Arrived) -> Result<(i64, Arrived)> {
    // Also where a place is given: what comes later without one is to stand behind it.
    let behind = store::images::next_position(&mut *app.pool.acquire().await?).await?;
    Ok((given.unwrap_or(behind), file))
}

/// What the file is counted as.
fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Added { .. } => "added",
        Outcome::Present { .. } => "present",
        Outcome::Refused(refusal) => refusal.reason().wire_name(),
    }
}

/// A file that has a name and bytes.
struct Named {
    index: u64,
    position: i64,
    name: FileName,
    hash: ContentHash,
    file: Collected,
}

/// Reads what tells a file from others, or reports why that can't be.
async fn read(app: App, position: i64, arrived: Arrived) -> Result<Result<Named, FileReport>> {
    let (index, sent, file) = match arrived {
        Arrived::Refused { index, name, refusal } => return Ok(Err(FileReport::refused(index, name, refusal))),
        Arrived::Whole { index, name, file } => (index, name, file),
    };
    let name = match FileName::new(sent.clone()) {
        Ok(_) if file.bytes.is_empty() => return Ok(Err(FileReport::refused(index, sent, Refusal::Empty))),
        Ok(name) => name,
        Err(refusal) => return Ok(Err(FileReport::refused(index, sent, refusal))),
    };
    let hash = app.judge.hash(&file).await?;
    Ok(Ok(Named { index, position, name, hash, file }))
}

/// Judges one file, when it is its turn, and keeps it: the bytes first, then the row that makes them an image of the
/// task.
async fn keep(app: App, task: OwnTask, file: Result<Named, FileReport>, turn: Option<Turn>) -> Result<FileReport> {
    let file = match file {
        Ok(file) => file,
        Err(report) => return Ok(report),
    };
    let _until_kept = match turn {
        Some(turn) => Some(turn.come().await),
        None => None,
    };
    let (index, name) = (file.index, file.name.as_str().to_owned());
    Ok(FileReport { index, name, outcome: keep_named(&app, &task, file).await? })
}

async fn keep_named(app: &App, task: &OwnTask, named: Named) -> Result<Outcome> {
    let Named { position, name, hash, file, .. } = named;
    // Uploading again is common after a broken connection, and must be cheap.
    if let Some(present) = store::images::present(&mut *app.pool.acquire().await?, task, &hash).await? {
        return Ok(present);
    }
    // What is refused is stored nowhere, so that it is asked before.
    if let Some(outcome) = refused(app, task, &name, &hash, &file).await? {
        return Ok(outcome);
    }
    let Judged { picture, renditions, notes } = match app.judge.judge(&file).await? {
        Ok(judged) => judged,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    let has_rendition = renditions.operators.is_some();
    let image = &NewImage { has_rendition, notes, ..new_image(app, position, name, &file, hash, picture) };
    let (operators, thumbnail) = (renditions.operators.map(Bytes::from), renditions.thumbnail.map(Bytes::from));
    let objects = &Objects { file: file.bytes.clone(), operators, thumbnail };
    put(app, image, objects).await?;
    add(app, task, image, objects).await
}

/// What is stored of an image.
struct Objects {
    file: Bytes,
    /// What operators get, where that is another file.
    operators: Option<Bytes>,
    /// Of an image that is larger.
    thumbnail: Option<Bytes>,
}

async fn put(app: &App, image: &NewImage, objects: &Objects) -> Result<()> {
    let media_type = image.media_type.as_str();
    app.blobs.put_if_absent(&image.hash.blob_key(), objects.file.clone(), media_type).await?;
    if let Some(operators) = &objects.operators {
        app.blobs.put_if_absent(&image.hash.rendition_key(), operators.clone(), media_type).await?;
    }
    if let Some(thumbnail) = &objects.thumbnail {
        let media_type = image.media_type.of_thumbnail().as_str();
        app.blobs.put_if_absent(&image.hash.thumbnail_key(), thumbnail.clone(), media_type).await?;
    }
    Ok(())
}

/// Why a file can't be an image of a task, as far as that is known without looking at it.
async fn refused(
    app: &App,
    task: &OwnTask,
    name: &FileName,
    hash: &ContentHash,
    file: &Collected,
) -> Result<Option<Outcome>> {
    let mut connection = app.pool.acquire().await?;
    if store::images::has_name(&mut connection, task, name).await? {
        // By the same file, perhaps, which another call has added meanwhile.
        let present = store::images::present(&mut connection, task, hash).await?;
        return Ok(Some(present.unwrap_or(Outcome::Refused(Refusal::NameTaken))));
    }
    let used = store::usage::held(&mut connection, task.owner).await?;
    let more = Held { images: 1, bytes: file.bytes.len() as u64 };
    let used_up = store::usage::fits(app.quotas, used, more).err();
    Ok(used_up.map(|used_up| Outcome::Refused(Refusal::QuotaUsedUp(used_up))))
}

/// Adds an image: beside others where there is surely room for all, else alone.
async fn add(app: &App, task: &OwnTask, image: &NewImage, objects: &Objects) -> Result<Outcome> {
    for adding in [Adding::Together, Adding::Alone] {
        let bounds = Bounds {
            max_per_task: app.images.max_per_task,
            max_bytes: app.images.max_bytes as u64,
            quotas: app.quotas,
            adding,
        };
        let added = run_tx(&app.pool, "add_image", |tx| {
            Box::pin(async move { add_in(app, tx, task, image, objects, bounds).await })
        });
        if let Some(outcome) = added.await? {
            return Ok(outcome);
        }
    }
    Err(Error::internal("whoever adds alone knows whether there is room"))
}

/// Adds an image in a transaction, with its bytes: they may have been unused, and removed since they were written.
async fn add_in(
    app: &App,
    tx: &mut PgConnection,
    task: &OwnTask,
    image: &NewImage,
    objects: &Objects,
    bounds: Bounds,
) -> Result<Option<Outcome>> {
    let images = store::images::lock_draft(tx, task).await?;
    match contents::claim(tx, &image.hash, app.clock.now()).await? {
        Object::Stays => {}
        Object::Gone => put(app, image, objects).await?,
        Object::Going => return Err(Error::unavailable("the same bytes are being removed at this moment")),
    }
    let added = store::images::add(tx, task, image, images, bounds).await?;
    if matches!(added, Some(Outcome::Refused(_))) {
        contents::may_be_unused(tx, &image.hash, app.clock.now()).await?;
    }
    Ok(added)
}

fn new_image(
    app: &App,
    position: i64,
    name: FileName,
    file: &Collected,
    hash: ContentHash,
    picture: Picture,
) -> NewImage {
    let now = app.clock.now();
    NewImage {
        id: ImageId::new(now, app.random.bytes()),
        position,
        name,
        media_type: picture.media_type,
        size_bytes: file.bytes.len() as u64,
        hash,
        has_rendition: false,
        width: picture.width,
        height: picture.height,
        notes: Vec::new(),
        uploaded_at: now,
    }
}
