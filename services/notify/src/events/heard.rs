//! Events of `auth`, `users`, `tasks` and `subtasks`, parsed. One consumer for each service that this one listens to.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_events::{Bus, Consumer, Delivery, Event as _, Failure, Work};
use labelmesh_proto::{auth::v1 as auth, subtasks::v1 as subtasks, tasks::v1 as tasks, time, users::v1 as users};
use prost_types::Timestamp;

use crate::{
    app::{self, App},
    domain::{
        FactorChange, GroupInvited, LoggedIn, Notice, OperatorPaused, PasswordChanged, SecondFactorChanged,
        TaskCompleted, TaskStarved,
    },
};

/// How many events one transaction takes at most: few, so that the replicas share a burst.
const BATCH: usize = 16;

/// The consumers, shared by all replicas.
pub(crate) fn consumers(bus: &Bus) -> [Work; 7] {
    [
        Work::of(bus, &Consumer::NOTIFY_LOGINS).batch(BATCH),
        Work::of(bus, &Consumer::NOTIFY_COMPLETIONS).batch(BATCH),
        Work::of(bus, &Consumer::NOTIFY_PAUSES).batch(BATCH),
        Work::of(bus, &Consumer::NOTIFY_STARVED).batch(BATCH),
        Work::of(bus, &Consumer::NOTIFY_INVITATIONS).batch(BATCH),
        Work::of(bus, &Consumer::NOTIFY_PASSWORDS).batch(BATCH),
        Work::of(bus, &Consumer::NOTIFY_SECOND_FACTORS).batch(BATCH),
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

/// The consumer of users who were deleted, shared by all replicas.
pub(crate) fn deleted_users(bus: &Bus) -> Work {
    Work::of(bus, &Consumer::NOTIFY_DELETED_USERS).batch(BATCH)
}

/// Forgets users who were deleted. Each is harmless when it comes again.
pub(crate) async fn apply_deleted_users(app: App, batch: Vec<Delivery>) -> Result<(), Failure> {
    for delivery in &batch {
        let event: users::UserDeleted = delivery.decode()?;
        app::forget_user(&app, parse_field("user_id", &event.user_id)?).await?;
    }
    Ok(())
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
        tasks::TaskStarved::SUBJECT => Ok(delivery.decode::<tasks::TaskStarved>()?.try_into()?),
        users::GroupInvited::SUBJECT => Ok(delivery.decode::<users::GroupInvited>()?.try_into()?),
        users::UserPasswordChanged::SUBJECT => Ok(delivery.decode::<users::UserPasswordChanged>()?.try_into()?),
        auth::SecondFactorChanged::SUBJECT => Ok(delivery.decode::<auth::SecondFactorChanged>()?.try_into()?),
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

impl TryFrom<tasks::TaskStarved> for Notice {
    type Error = Error;

    fn try_from(event: tasks::TaskStarved) -> Result<Self> {
        Ok(Self::TaskStarved(TaskStarved {
            task_id: parse_field("task_id", &event.task_id)?,
            owner_id: parse_field("owner_id", &event.owner_id)?,
            at: occurred(event.occurred_at)?,
            title: event.title,
            images: event.images,
            starved: event.starved,
        }))
    }
}

impl TryFrom<users::GroupInvited> for Notice {
    type Error = Error;

    fn try_from(event: users::GroupInvited) -> Result<Self> {
        Ok(Self::GroupInvited(GroupInvited {
            group_id: parse_field("group_id", &event.group_id)?,
            user_id: parse_field("user_id", &event.user_id)?,
            at: occurred(event.occurred_at)?,
            name: event.group_name,
        }))
    }
}

impl TryFrom<users::UserPasswordChanged> for Notice {
    type Error = Error;

    fn try_from(event: users::UserPasswordChanged) -> Result<Self> {
        Ok(Self::PasswordChanged(PasswordChanged {
            user_id: parse_field("user_id", &event.user_id)?,
            version: event.version,
            through_session: !event.kept_session_id.is_empty(),
            at: occurred(event.occurred_at)?,
        }))
    }
}

impl TryFrom<auth::SecondFactorChanged> for Notice {
    type Error = Error;

    fn try_from(event: auth::SecondFactorChanged) -> Result<Self> {
        let change = match event.change() {
            auth::SecondFactorChange::Confirmed => FactorChange::Confirmed,
            auth::SecondFactorChange::Removed => FactorChange::Removed,
            auth::SecondFactorChange::Taken => FactorChange::Taken,
            auth::SecondFactorChange::Unspecified => return Err(Error::invalid("change", "must be a known change")),
        };
        Ok(Self::SecondFactorChanged(SecondFactorChanged {
            user_id: parse_field("user_id", &event.user_id)?,
            version: event.version,
            change,
            at: occurred(event.occurred_at)?,
        }))
    }
}

fn occurred(at: Option<Timestamp>) -> Result<DateTime<Utc>> {
    time(at).ok_or_else(|| Error::invalid("occurred_at", "must be a time"))
}
