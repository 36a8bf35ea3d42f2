//! Records notices: each as a notification, as a mail to be sent and as messages to be posted to webhooks.

use labelmesh_errors::Result;
use labelmesh_events::Trace;
use labelmesh_ids::{DeliveryId, NotificationId};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::{App, judge_sign_in::judge_sign_in};
use crate::{
    domain::{Channel, Message, Notice},
    events::published,
    store::{deletions, deliveries, inbox, notifications, postings},
};

/// Records notices in one transaction, except those that were recorded before. Mail and messages of each continue the
/// trace beside it. No mail server is needed, nor anybody's endpoint.
///
/// # Errors
/// Unavailable if the database does not answer.
pub(crate) async fn record_notices(app: &App, notices: &[(Notice, Trace)]) -> Result<()> {
    let recorded = run_tx(&app.pool, "record_notices", |tx| {
        Box::pin(async move {
            let mut told = Vec::new();
            // In one order, so that no two wait for each other: sign-ins of a user are judged one after another.
            let mut notices: Vec<_> = notices.iter().collect();
            notices.sort_by_key(|(notice, _)| notice.user_id());
            for (notice, trace) in notices {
                if record(app, tx, notice, trace).await? {
                    told.push(notice.user_id());
                }
            }
            Ok(told)
        })
    });
    let told = recorded.await?;
    if !told.is_empty() {
        app.sending.notify_one();
        app.posting.notify_one();
        published::hint_of_deliveries(&app.bus).await;
        published::hint_of_lists(&app.bus, told).await;
    }
    Ok(())
}

/// Records a notice; false if it was recorded before, is about a task that was deleted, or about a sign-in that says
/// nothing new.
pub(super) async fn record(app: &App, db: &mut PgConnection, notice: &Notice, trace: &Trace) -> Result<bool> {
    if let Some(task) = notice.task_id()
        && deletions::is_deleted(db, task).await?
    {
        return Ok(false);
    }
    let now = app.clock.now();
    let mut due_at = now;
    if let Notice::LoggedIn(login) = notice {
        match judge_sign_in(db, login, now).await? {
            Some(due) => due_at = due,
            None => return Ok(false),
        }
    }
    let notification_id = NotificationId::new(now, app.random.bytes());
    let words = notice.words(&app.public_url);
    let (user_id, kind) = (notice.user_id(), notice.kind());
    let muted = inbox::muted(db, user_id).await?;
    let listed = muted.tells(kind, Channel::InApp);
    if !notifications::insert(db, notification_id, notice, &words, listed).await? {
        return Ok(false);
    }
    if listed {
        inbox::change(db, &[user_id]).await?;
    }
    if muted.tells(kind, Channel::Email) {
        let delivery_id = DeliveryId::new(now, app.random.bytes());
        deliveries::insert(db, delivery_id, notification_id, trace, due_at, now).await?;
    }
    if let Some(message) = Message::of(notice, notification_id)
        && muted.tells(kind, Channel::Webhook)
    {
        let ids = || DeliveryId::new(now, app.random.bytes());
        let what = (kind, notification_id);
        postings::insert(db, ids, user_id, what, (&message, trace), now).await?;
    }
    Ok(true)
}
