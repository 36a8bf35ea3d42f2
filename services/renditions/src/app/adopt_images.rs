//! Makes sources of images of tasks: who may have pictures made of an image need not upload it again.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, stream};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::UserId;
use labelmesh_pg::run_tx;

use super::App;
use crate::{
    domain::{Digest, Source, check_source_bytes},
    store::sources,
};

/// How many images one call copies at once.
const AT_ONCE: usize = 4;

/// Why images that may be a client's are no sources of theirs.
#[derive(Debug, Default)]
pub(super) struct Lacking(BTreeMap<Digest, Lack>);

#[derive(Debug, Clone, Copy)]
enum Lack {
    /// A server did not answer.
    Away,
    /// There is no room for so many bytes beside those that are used.
    NoRoom { used: u64, more: u64 },
}

impl Lacking {
    /// Why this is no source of the client's.
    pub(super) fn error(&self, app: &App, source: Option<&Digest>) -> Error {
        match source.and_then(|source| self.0.get(source)) {
            Some(Lack::Away) => {
                Error::new(Reason::Unavailable, "it can't be told at present whether it is an image of yours")
            }
            Some(Lack::NoRoom { used, more }) => {
                check_source_bytes(app.quotas.source_bytes, *used, *more).err().unwrap_or_else(source_unknown)
            }
            None => source_unknown(),
        }
    }
}

/// Sees to it that those of these files are sources of a client that are images of tasks within the client's reach, and
/// says what kept others from it. What the client has uploaded is left as it is, and tasks is not asked about it.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(super) async fn adopt_images(app: &App, owner: UserId, reach: Reach, wanted: BTreeSet<Digest>) -> Result<Lacking> {
    let known = sources::known(&mut *app.pool.acquire().await?, owner, &wanted).await?;
    let unknown: BTreeSet<Digest> = wanted.difference(&known).copied().collect();
    if unknown.is_empty() {
        return Ok(Lacking::default());
    }
    let images = match app.tasks.images(reach, &unknown).await {
        Ok(images) => images,
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "tasks can't say which images there are");
            return Ok(Lacking(unknown.into_iter().map(|digest| (digest, Lack::Away)).collect()));
        }
    };
    let adopted = stream::iter(images).map(|image| async move { (image.digest, adopt(app, owner, &image).await) });
    let mut lacking = BTreeMap::new();
    for (digest, outcome) in adopted.buffer_unordered(AT_ONCE).collect::<Vec<_>>().await {
        let lack = outcome.unwrap_or_else(|error| {
            tracing::warn!(error = &error as &dyn std::error::Error, "an image can't be made a source");
            Some(Lack::Away)
        });
        lacking.extend(lack.map(|lack| (digest, lack)));
    }
    Ok(Lacking(lacking))
}

/// Makes an image a source of a client: its row first, which keeps the bytes from being removed, then its bytes. The
/// row is committed when they are there. An image that was removed meanwhile is none.
async fn adopt(app: &App, owner: UserId, image: &Source) -> Result<Option<Lack>> {
    let _permit = app.copies.acquire().await.map_err(Error::internal)?;
    let (now, limit) = (app.clock.now(), app.quotas.source_bytes);
    let adopted = run_tx(&app.pool, "adopt_image", |tx| {
        Box::pin(async move {
            sources::lock(tx, &image.digest).await?;
            let (used, more) = (sources::bytes_beside(tx, owner, &image.digest).await?, image.size_bytes);
            if check_source_bytes(limit, used, more).is_err() {
                return Ok(Some(Lack::NoRoom { used, more }));
            }
            sources::insert(tx, owner, image, now).await?;
            let (from, to) = (image.digest.image_key(), image.digest.source_key());
            // Whoever removes sources waits for the lock, so that what is there stays.
            match app.blobs.copy_if_absent(&from, &to).await? {
                Some(_) => Ok(None),
                None => Err(source_unknown()),
            }
        })
    });
    match adopted.await {
        Err(error) if error.reason() == Reason::SourceUnknown => Ok(None),
        outcome => outcome,
    }
}

fn source_unknown() -> Error {
    Error::new(
        Reason::SourceUnknown,
        "no source with these bytes is kept for you, nor is it an image of a task of yours: upload it",
    )
}
