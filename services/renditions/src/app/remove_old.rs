//! Removes what nobody has wanted for a while: transformations, sources and pictures.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_ids::UserId;
use labelmesh_pg::run_tx;

use super::App;
use crate::{
    domain::{Digest, JobKey, Rendition},
    store::{deletions, sources},
};

/// How many rows one transaction takes.
const BATCH: i64 = 200;

/// Removes a batch of each. Replicas may do the same at once.
///
/// # Errors
/// Unavailable if the database or the store does not answer; it is done later then.
pub(crate) async fn remove_old(app: &App) -> Result<()> {
    let before = app.clock.now() - app.kept_for;
    deletions::old_transformations(&mut *app.pool.acquire().await?, before, BATCH).await?;
    let unused = deletions::unused_sources(&mut *app.pool.acquire().await?, before, BATCH).await?;
    for (owner, digest) in unused {
        remove_source(app, owner, digest, Some(before)).await?;
    }
    let unused = deletions::unused_jobs(&mut *app.pool.acquire().await?, before, BATCH).await?;
    for key in unused {
        remove_job(app, key).await?;
    }
    Ok(())
}

/// Removes a client's source, unless it was used since a time, and its bytes with the last client who has them. Whoever
/// uploads the same bytes waits meanwhile.
pub(super) async fn remove_source(
    app: &App,
    owner: UserId,
    digest: Digest,
    before: Option<DateTime<Utc>>,
) -> Result<()> {
    run_tx(&app.pool, "remove_source", |tx| {
        Box::pin(async move {
            sources::lock(tx, &digest).await?;
            if deletions::source(tx, owner, &digest, before).await? {
                app.blobs.delete(&digest.source_key()).await?;
            }
            Ok(())
        })
    })
    .await
}

/// Removes a job and its pictures. It is committed that there are none before the first of them goes, so a crash leaves
/// nothing that is told of and is not there: whoever asks for the same has it made again, and a later pass goes on.
/// Whoever asks while pictures go waits meanwhile, and asks anew.
async fn remove_job(app: &App, key: JobKey) -> Result<()> {
    let unused = run_tx(&app.pool, "forget_pictures", |tx| {
        Box::pin(async move {
            let unused = deletions::lock_unused_job(tx, &key).await?;
            if unused {
                deletions::pictures(tx, &key).await?;
            }
            Ok(unused)
        })
    });
    if !unused.await? {
        return Ok(());
    }
    run_tx(&app.pool, "remove_job", |tx| {
        Box::pin(async move {
            if deletions::lock_unused_job(tx, &key).await? {
                remove_pictures(app, &key).await?;
                deletions::job(tx, &key).await?;
            }
            Ok(())
        })
    })
    .await
}

/// Removes the pictures of a job that nobody is told of. What says that they are there goes first, or a worker would
/// tell of some that are gone. A copy of it stays until they are, for whoever goes on after a crash.
async fn remove_pictures(app: &App, key: &JobKey) -> Result<()> {
    let (description, leaving) = (key.description_key(), key.leaving_key());
    app.blobs.copy_if_absent(&description, &leaving).await?;
    app.blobs.delete(&description).await?;
    for Rendition { sha256, .. } in described(app, &leaving).await? {
        app.blobs.delete(&key.picture_key(&sha256)).await?;
    }
    app.blobs.delete(&leaving).await
}

/// What pictures are by this object, if there is one. Of those that another release has described nothing is known.
async fn described(app: &App, description: &str) -> Result<Vec<Rendition>> {
    let Some(object) = app.blobs.get(description).await? else { return Ok(Vec::new()) };
    Ok(serde_json::from_slice(&object.bytes().await?).unwrap_or_default())
}
