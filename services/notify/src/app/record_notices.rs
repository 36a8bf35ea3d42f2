//! Records notices: each as a notification, as a mail and a text message to be sent, and as messages to be
//! posted to webhooks.

use chrono::{DateTime, Utc};
use labelmesh_errors::Result;
use labelmesh_events::Trace;
use labelmesh_ids::{DeliveryId, NotificationId, UserId};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use super::{App, judge_sign_in::judge_sign_in};
use crate::{
    domain::{Channel, Message, Notice, TOLD, told},
    events::published,
    store::{deletions, deliveries, inbox, notifications, phones, postings},
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
        app.texting.notify_one();
        app.posting.notify_one();
        published::hint_of_deliveries(&app.bus).await;
        published::hint_of_lists(&app.bus, told).await;
    }
    Ok(())
}

/// Records a notice; false if it was recorded before, is for a user or about a task that was deleted, or about a
/// sign-in that says nothing new.
pub(super) async fn record(app: &App, db: &mut PgConnection, notice: &Notice, trace: &Trace) -> Result<bool> {
    if deletions::is_user_deleted(db, notice.user_id()).await? {
        return Ok(false);
    }
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
    let letter = notice.letter(&app.public_url);
    let (user_id, kind) = (notice.user_id(), notice.kind());
    let wishes = inbox::wishes(db, user_id).await?;
    let listed = wishes.tells(kind, Channel::InApp);
    if !notifications::insert(db, notification_id, notice, &letter, listed).await? {
        return Ok(false);
    }
    if listed {
        inbox::change(db, &[user_id]).await?;
    }
    if wishes.tells(kind, Channel::Email) {
        let delivery_id = DeliveryId::new(now, app.random.bytes());
        deliveries::insert(db, delivery_id, notification_id, trace, due_at, now).await?;
    }
    if wishes.tells(kind, Channel::Text) {
        record_text(app, db, (user_id, notification_id), trace, due_at).await?;
    }
    if let Some(message) = Message::of(notice, notification_id)
        && wishes.tells(kind, Channel::Webhook)
    {
        let ids = || DeliveryId::new(now, app.random.bytes());
        let what = (kind, notification_id);
        postings::insert(db, ids, user_id, what, (&message, trace), now).await?;
    }
    Ok(true)
}

/// Records a text message for who has a number, where text messages are sent, and so many an hour at most: each costs,
/// and what is too much is told by the other ways.
async fn record_text(
    app: &App,
    db: &mut PgConnection,
    (user_id, notification_id): (UserId, NotificationId),
    trace: &Trace,
    due_at: DateTime<Utc>,
) -> Result<()> {
    let Some(texts) = &app.texts else { return Ok(()) };
    if phones::find(db, user_id).await?.confirmed.is_none() {
        return Ok(());
    }
    let now = app.clock.now();
    let (count, _) = phones::count(db, &told(user_id), now).await?;
    if count > TOLD {
        tracing::info!(user.id = %user_id, "a user was texted too much of late");
        return Ok(());
    }
    let delivery_id = DeliveryId::new(now, app.random.bytes());
    let times = (due_at, due_at + texts.rules.give_up_after);
    deliveries::insert_text(db, delivery_id, (user_id, notification_id), trace, times, now).await
}
