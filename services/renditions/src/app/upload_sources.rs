//! Takes sources: a stream of files in, what became of each out.

mod collect;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_ids::UserId;
use labelmesh_pg::run_tx;
use labelmesh_proto::r#type::v1::Part;
use labelmesh_service::panics::contained;
use tokio::{sync::mpsc, task::spawn_blocking};

use self::collect::{Collected, collect};
use super::App;
use crate::{
    domain::{Digest, Failure, Source, check_source_bytes, media_type},
    store::sources,
};

/// What became of one file.
#[derive(Debug)]
pub(crate) struct FileReport {
    /// Where the file stands in the upload, from 0.
    pub(crate) index: u64,
    /// Its name, as it was sent.
    pub(crate) name: String,
    /// The source that it is, or why it is none.
    pub(crate) outcome: Result<Source>,
}

/// Takes the files of a stream, one after the other, and reports each when what is said of it is kept.
///
/// # Errors
/// REQUEST_TOO_LARGE for a file without end; MALFORMED for a stream that stops within a file; DEADLINE_EXCEEDED for one
/// that is too slow; what the stream of pieces fails with; unavailable if a server does not answer. What was reported
/// before stands.
pub(crate) async fn upload_sources(
    app: &App,
    owner: UserId,
    parts: impl Stream<Item = Result<Part>> + Send,
    reports: mpsc::Sender<FileReport>,
) -> Result<()> {
    let mut parts = std::pin::pin!(parts);
    for index in 0.. {
        let Some(first) = parts.next().await.transpose()? else { break };
        // Memory for one file of the largest size, until it is stored.
        let _memory = app.uploads.acquire().await.map_err(Error::internal)?;
        let Collected { name, bytes } = collect(first, parts.as_mut(), app.pictures.max_bytes).await?;
        let outcome = match bytes {
            Some(bytes) => keep(app, owner, bytes).await?,
            None => {
                let said = format!("the file has more than {} bytes", app.pictures.max_bytes);
                Err(Error::new(Reason::ImageTooLarge, said))
            }
        };
        let report = FileReport { index, name, outcome };
        reports.send(report).await.map_err(|_| Error::unavailable("nobody listens"))?;
    }
    Ok(())
}

/// Judges a file by its header and keeps it: the row first, which keeps the bytes from being removed, then the bytes.
async fn keep(app: &App, owner: UserId, bytes: Bytes) -> Result<Result<Source>> {
    if bytes.is_empty() {
        return Ok(Err(Error::new(Reason::ImageEmpty, "the file is empty")));
    }
    let source = match judge(app, bytes.clone()).await? {
        Ok(source) => source,
        Err(failure) => return Ok(Err(failure.into())),
    };
    let (now, limit, kept) = (app.clock.now(), app.quotas.source_bytes, &source);
    let added = run_tx(&app.pool, "add_source", |tx| {
        Box::pin(async move {
            sources::lock(tx, &kept.digest).await?;
            let used = sources::bytes_beside(tx, owner, &kept.digest).await?;
            if let Err(used_up) = check_source_bytes(limit, used, kept.size_bytes) {
                return Ok(Err(used_up));
            }
            Ok(Ok(sources::insert(tx, owner, kept, now).await?))
        })
    });
    if let Err(used_up) = added.await? {
        return Ok(Err(used_up));
    }
    app.blobs.put_if_absent(&source.digest.source_key(), bytes, &source.media_type).await?;
    Ok(Ok(source))
}

/// What a file is by its header.
async fn judge(app: &App, bytes: Bytes) -> Result<Result<Source, Failure>> {
    let limits = app.pictures.limits(u64::MAX);
    let judged = spawn_blocking(move || {
        let header = contained(|| {
            let source = labelmesh_pixels::Source::open(&bytes, limits)?;
            Ok::<_, labelmesh_pixels::Error>((media_type(&bytes), source.size()))
        });
        let panicked = || Err(labelmesh_pixels::Error::Panicked(String::new()));
        let (kind, (width, height)) = header.unwrap_or_else(panicked)?;
        Ok::<_, labelmesh_pixels::Error>(Source {
            digest: Digest::of(&bytes),
            media_type: kind.to_owned(),
            size_bytes: bytes.len() as u64,
            width,
            height,
        })
    });
    Ok(judged.await.map_err(Error::internal)?.map_err(Failure::from))
}
