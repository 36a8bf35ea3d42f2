//! Removes the objects of bytes that no image has any more.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::Result;
use labelmesh_pg::run_tx;

use super::App;
use crate::{
    domain::ContentHash,
    store::contents::{self, BEGUN},
};

/// How many are removed at a time.
const BATCH: u8 = 100;
/// How long one goes on with removing what it has begun: so much less than [`BEGUN`] that no request is under way when
/// somebody else takes over, or writes the object again.
const GOES_ON: TimeDelta = TimeDelta::seconds(30);
/// How long it is known that an object was removed: longer than an upload lasts, between writing the object and adding
/// the image.
const KNOWN: TimeDelta = TimeDelta::days(1);

/// Removes the objects of bytes that have been without an image for `images.unused_for`.
///
/// # Errors
/// Unavailable if the database or the store does not answer. What was begun is ended later.
pub(crate) async fn remove_unused(app: &App) -> Result<()> {
    loop {
        let now = app.clock.now();
        let waited = now - app.unused_for;
        let taken = run_tx(&app.pool, "take_unused", |tx| {
            Box::pin(async move { contents::take_unused(tx, waited, now - BEGUN, now, BATCH.into()).await })
        });
        let taken = taken.await?;
        remove(app, &taken.going, now).await?;
        if taken.looked_at < usize::from(BATCH) {
            return contents::forget(&mut *app.pool.acquire().await?, now - KNOWN).await;
        }
    }
}

/// Removes objects, and says of each that it is gone.
async fn remove(app: &App, going: &[ContentHash], begun: DateTime<Utc>) -> Result<()> {
    for (removed, hash) in going.iter().enumerate() {
        if app.clock.now() - begun > GOES_ON {
            tracing::warn!(object.count = going.len() - removed, "the store is slow: unused objects are left");
            break;
        }
        app.blobs.delete(&hash.thumbnail_key()).await?;
        app.blobs.delete(&hash.rendition_key()).await?;
        app.blobs.delete(&hash.blob_key()).await?;
        contents::gone(&mut *app.pool.acquire().await?, hash, app.clock.now()).await?;
        metrics::counter!("tasks_objects_removed_total").increment(1);
    }
    Ok(())
}
