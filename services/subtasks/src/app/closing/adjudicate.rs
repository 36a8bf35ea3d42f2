//! A person sets the label of an image.

use chrono::{DateTime, Utc};
use labelmesh_acts::Deed;
use labelmesh_consensus::plurality;
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_events::Outbox;
use labelmesh_identity::Reach;
use labelmesh_ids::{SubtaskId, TaskId};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;

use crate::app::{App, closing::close::close};
use crate::domain::{ADJUDICATED, Closing, Refusal, Ruling, TaskState};
use crate::store::{
    decisions::{self, Kept},
    gold,
    subtasks::{self, OwnImage, Queue},
    tasks, votes,
};

/// Sets the label of an image, open or decided, and answers with the decision. Leases of an open image go on, and votes
/// under them are surplus. Answers on a gold image are judged by its new label from now on. Nothing changes where the
/// same label and comment stand already.
///
/// # Errors
/// NOT_FOUND where the task or the image is not known or not the caller's, TASK_ENDED if the task was cancelled,
/// LABEL_UNKNOWN.
pub async fn adjudicate(
    app: &App,
    reach: Reach,
    task: TaskId,
    image: SubtaskId,
    label: &str,
    ruling: &Ruling,
) -> Result<Kept> {
    let now = app.clock.now();
    let outbox = &app.outbox;
    let kept = run_tx(&app.pool, "adjudicate", |tx| {
        Box::pin(async move {
            let own = tasks::within(tx, reach, task).await?;
            let own = subtasks::within(tx, &own, image).await?;
            let (before, after) = rule(tx, outbox, own, label, ruling, now).await?;
            let before = before.as_ref().and_then(|before| before.label.as_deref());
            let field = format!("label of {image}");
            app.acts.note(tx, Deed::on(task).field(&field, before, after.label.as_deref()).unless_idle()).await?;
            Ok(after)
        })
    })
    .await?;
    app.outbox.wake();
    Ok(kept)
}

/// The decision of before, if there was one, and that of now.
async fn rule(
    db: &mut PgConnection,
    outbox: &Outbox,
    own: OwnImage,
    text: &str,
    ruling: &Ruling,
    now: DateTime<Utc>,
) -> Result<(Option<Kept>, Kept)> {
    let subtask_id = own.id();
    let locked = subtasks::lock(db, &[subtask_id.uuid()]).await?.pop();
    let mut image = locked.ok_or_else(|| Error::not_found("image"))?;
    if image.task_state == TaskState::Cancelled {
        return Err(Error::new(Reason::TaskEnded, "the task is cancelled"));
    }
    let label = image.terms.label(text).ok_or(Refusal::LabelUnknown)?;
    let own_text = image.terms.text(label).to_owned();
    let before = standing(db, own).await?;
    if let Some(kept) = &before
        && kept.rule == ADJUDICATED
        && kept.label.as_deref() == Some(&*own_text)
        && kept.comment == ruling.comment
    {
        return Ok((before.clone(), kept.clone()));
    }
    let votes = votes::counted(db, &[subtask_id.uuid()], &image.terms).await?;
    let votes: Vec<_> = votes.into_iter().map(|(_, vote)| vote).collect();
    let counts = plurality(&votes).map(|decision| decision.counts).unwrap_or_default();
    if image.gold_label.is_some() {
        gold::relabel(db, subtask_id, &own_text).await?;
    }
    let closed = image.close(Closing::adjudicated(label, counts, ruling.clone()));
    subtasks::save(db, &image, Queue::Stay).await?;
    close(db, outbox, image.task_id, &[closed], &image.terms, now).await?;
    let after = standing(db, own).await?.ok_or_else(|| Error::internal("a decision that was just made is gone"))?;
    Ok((before, after))
}

async fn standing(db: &mut PgConnection, image: OwnImage) -> Result<Option<Kept>> {
    Ok(decisions::of_image(db, image, u64::MAX, 1).await?.pop())
}
