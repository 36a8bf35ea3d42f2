//! Events of `auth`, `tasks` and `subtasks`, parsed. One consumer for each service that this one listens to.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_events::{Bus, Consumer, Delivery, Event as _, Failure, Work};
use labelmesh_proto::{auth::v1 as auth, subtasks::v1 as subtasks, tasks::v1 as tasks, time};
use prost_types::Timestamp;

use crate::{
    app::{self, App},
    domain::{LoggedIn, Notice, OperatorPaused, TaskCompleted},
};

/// How many events one transaction takes at most: few, so that the replicas share a burst.
const BATCH: usize = 16;

/// The consumers, shared by all replicas.
pub(crate) fn consumers(bus: &Bus) -> [Work; 3] {
    [
        Work::of(bus, &Consumer::NOTIFY_LOGINS).batch(BATCH),
        Work::of(bus, &Consumer::NOTIFY_COMPLETIONS).batch(BATCH),
        Work::of(bus, &Consumer::NOTIFY_PAUSES).batch(BATCH),
    ]
}

/// The consumer of deletions, shared by all replicas.
pub(crate) fn deletions(bus: &Bus) -> Work {
    Work::of(bus, &Consumer::NOTIFY_DELETIONS).batch(BATCH)
}

/// Applies a batch of deletions, wholly or not at all.
pub(crate) async fn apply_deleted(app: App, batch: Vec<Delivery>) -> Result<(), Failure> {
    let tasks = batch.iter().map(|delivery| {
        let event: tasks::TaskDeleted = delivery.decode()?;
        Ok(parse_field("task_id", &event.task_id)?)
    });
    let tasks = tasks.collect::<Result<Vec<_>, Failure>>()?;
    Ok(app::forget_tasks(&app, &tasks).await?)
}

/// Applies a batch of events, wholly or not at all.
pub(crate) async fn apply(app: App, batch: Vec<Delivery>) -> Result<(), Failure> {
    let notices = batch.iter().map(|delivery| Ok((notice(delivery)?, delivery.trace())));
    let notices = notices.collect::<Result<Vec<_>, Failure>>()?;
    Ok(app::record_notices(&app, &notices).await?)
}

fn notice(delivery: &Delivery) -> Result<Notice, Failure> {
    match delivery.subject() {
        auth::LoggedIn::SUBJECT => Ok(delivery.decode::<auth::LoggedIn>()?.try_into()?),
        tasks::TaskCompleted::SUBJECT => Ok(delivery.decode::<tasks::TaskCompleted>()?.try_into()?),
        subtasks::OperatorPaused::SUBJECT => Ok(delivery.decode::<subtasks::OperatorPaused>()?.try_into()?),
        other => Err(Failure::poison(format!("{other} is not for this consumer"))),
    }
}

impl TryFrom<auth::LoggedIn> for Notice {
    type Error = Error;

    fn try_from(event: auth::LoggedIn) -> Result<Self> {
        Ok(Self::LoggedIn(LoggedIn {
            session_id: parse_field("session_id", &event.session_id)?,
            user_id: parse_field("user_id", &event.user_id)?,
            at: occurred(event.occurred_at)?,
            address: event.address,
            user_agent: event.user_agent,
        }))
    }
}

impl TryFrom<tasks::TaskCompleted> for Notice {
    type Error = Error;

    fn try_from(event: tasks::TaskCompleted) -> Result<Self> {
        Ok(Self::TaskCompleted(TaskCompleted {
            task_id: parse_field("task_id", &event.task_id)?,
            owner_id: parse_field("owner_id", &event.owner_id)?,
            at: occurred(event.occurred_at)?,
            title: event.title,
            images: event.images,
            decided: event.decided,
            contested: event.contested,
            undecided: event.undecided,
        }))
    }
}

impl TryFrom<subtasks::OperatorPaused> for Notice {
    type Error = Error;

    fn try_from(event: subtasks::OperatorPaused) -> Result<Self> {
        Ok(Self::OperatorPaused(OperatorPaused {
            task_id: parse_field("task_id", &event.task_id)?,
            operator_id: parse_field("operator_id", &event.operator_id)?,
            times: event.version,
            at: occurred(event.occurred_at)?,
            title: event.title,
        }))
    }
}

fn occurred(at: Option<Timestamp>) -> Result<DateTime<Utc>> {
    time(at).ok_or_else(|| Error::invalid("occurred_at", "must be a time"))
}
