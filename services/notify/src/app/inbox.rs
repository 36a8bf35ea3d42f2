//! What users do with their lists, and what they want to be told.

use std::time::Duration;

use futures::{FutureExt as _, Stream, StreamExt as _};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::UserId;
use labelmesh_pg::run_tx;
use tokio::time::{Instant, sleep_until};

use super::App;
use crate::{
    domain::{Channel, Preference, Wishes, is_required},
    events::published,
    store::{
        deletions,
        inbox::{self, Which},
        notifications::{self, Notification},
    },
};

/// The least time between two states: five a second.
const AT_MOST_EVERY: Duration = Duration::from_millis(200);
/// How often a list is looked at although nobody gave a hint: hints may be lost.
const READ_EVERY: Duration = Duration::from_secs(5);
/// How often a state is sent again although it has not changed, to show that the stream lives. The contract's longest
/// silence is twice that.
const REPEAT_EVERY: Duration = Duration::from_secs(15);

/// How a user's list is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ListState {
    /// Grows with every change; 1 at least.
    pub(crate) version: u64,
    pub(crate) unread: u64,
    pub(crate) newest: Option<Notification>,
}

/// Marks notifications as read; returns how many are unread now.
///
/// # Errors
/// NOT_FOUND.
pub(crate) async fn mark_read(app: &App, reach: Reach, which: Which) -> Result<u64> {
    let user_id = user(reach)?;
    let now = app.clock.now();
    let (changed, unread) = run_tx(&app.pool, "mark_read", |tx| {
        Box::pin(async move {
            let changed = inbox::mark(tx, user_id, which, now).await?;
            if changed {
                inbox::change(tx, &[user_id]).await?;
            }
            Ok((changed, inbox::unread(tx, user_id).await?))
        })
    })
    .await?;
    if changed {
        published::hint_of_lists(&app.bus, vec![user_id]).await;
    }
    Ok(unread)
}

/// How many of the notifications within reach are unread: none where that is not one user's.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn count_unread(app: &App, reach: Reach) -> Result<u64> {
    match reach.owner() {
        None => Ok(0),
        Some(user_id) => inbox::unread(&mut *app.pool.acquire().await?, user_id).await,
    }
}

/// The states of the caller's list newer than `after_version`. Any replica can go on where another left off.
///
/// # Errors
/// Unavailable if the database does not answer, within the stream too.
pub(crate) async fn watch_notifications(
    app: App,
    reach: Reach,
    after_version: u64,
) -> Result<impl Stream<Item = Result<ListState>> + Send + use<>> {
    let user_id = user(reach)?;
    // Subscribed before the first look, so that no change falls in between.
    let hints = app.bus.hints(&published::list_hint(user_id)).await;
    let mut state = look(&app, user_id).await?;
    Ok(async_stream::try_stream! {
        let mut hints = std::pin::pin!(hints);
        let mut seen = after_version;
        let mut repeat_at = Instant::now() + REPEAT_EVERY;
        loop {
            if state.version > seen || Instant::now() >= repeat_at {
                seen = seen.max(state.version);
                repeat_at = Instant::now() + REPEAT_EVERY;
                yield state;
            }
            let read_at = (Instant::now() + READ_EVERY).min(repeat_at);
            sleep_until(Instant::now() + AT_MOST_EVERY).await;
            tokio::select! {
                Some(_) = hints.next() => {}
                () = sleep_until(read_at) => {}
            }
            // Whatever was hinted until now is answered by one look.
            while let Some(Some(_)) = hints.next().now_or_never() {}
            state = look(&app, user_id).await?;
        }
    })
}

/// The version is read first: what changes meanwhile is seen by the next look.
async fn look(app: &App, user_id: UserId) -> Result<ListState> {
    let mut db = app.pool.acquire().await?;
    let version = inbox::version(&mut db, user_id).await? + 1;
    let unread = inbox::unread(&mut db, user_id).await?;
    drop(db);
    let newest = notifications::list(&app.pool, Reach::Own(user_id), None, 1).await?.pop();
    Ok(ListState { version, unread, newest })
}

/// Each kind by each channel, and whether the caller is told so.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn preferences(app: &App, reach: Reach) -> Result<Vec<Preference>> {
    let wishes = inbox::wishes(&mut *app.pool.acquire().await?, user(reach)?).await?;
    Ok(offered(app, &wishes))
}

/// Each kind by each channel that there is.
fn offered(app: &App, wishes: &Wishes) -> Vec<Preference> {
    let offered = |preference: &Preference| preference.channel != Channel::Text || app.texts.is_some();
    wishes.all().into_iter().filter(offered).collect()
}

/// Changes what the caller is told of, and by which ways.
///
/// # Errors
/// FIELD_INVALID for what is told in any case, and for what is named twice; TEXTS_NOT_OFFERED.
pub(crate) async fn update_preferences(app: &App, reach: Reach, wanted: &[Preference]) -> Result<Vec<Preference>> {
    let user_id = user(reach)?;
    for (at, Preference { kind, channel, enabled }) in wanted.iter().enumerate() {
        if !enabled && is_required(*kind, *channel) {
            let rule = "must be true: new sign-ins, passwords and second factors are told by e-mail in any case";
            return Err(Error::invalid(format!("preferences[{at}].enabled"), rule));
        }
        if wanted[..at].iter().any(|other| other.kind == *kind && other.channel == *channel) {
            return Err(Error::invalid(format!("preferences[{at}]"), "must name kind and channel at most once"));
        }
    }
    if wanted.iter().any(|preference| preference.channel == Channel::Text && preference.enabled) {
        app.offers_texts()?;
    }
    let wishes = run_tx(&app.pool, "update_preferences", |tx| {
        Box::pin(async move {
            deletions::check_user(tx, user_id).await?;
            inbox::prefer(tx, user_id, wanted).await?;
            inbox::wishes(tx, user_id).await
        })
    });
    Ok(offered(app, &wishes.await?))
}

fn user(reach: Reach) -> Result<UserId> {
    reach.owner().ok_or_else(|| Error::internal("a list is one user's"))
}
