//! From the messages of the contract to notices.

use chrono::{DateTime, Utc};
use labelmesh_errors::{Error, Result};
use labelmesh_proto::{auth::v1 as auth, subtasks::v1 as subtasks, tasks::v1 as tasks};
use prost_types::Timestamp;

use crate::domain::notice::{LoggedIn, Notice, OperatorPaused, TaskCompleted};

impl TryFrom<auth::LoggedIn> for Notice {
    type Error = Error;

    fn try_from(event: auth::LoggedIn) -> Result<Self> {
        Ok(Self::LoggedIn(LoggedIn {
            session_id: event.session_id.parse().map_err(|_| not_an_id("session_id"))?,
            user_id: event.user_id.parse().map_err(|_| not_an_id("user_id"))?,
            at: time(event.occurred_at)?,
            address: event.address,
            user_agent: event.user_agent,
        }))
    }
}

impl TryFrom<tasks::TaskCompleted> for Notice {
    type Error = Error;

    fn try_from(event: tasks::TaskCompleted) -> Result<Self> {
        Ok(Self::TaskCompleted(TaskCompleted {
            task_id: event.task_id.parse().map_err(|_| not_an_id("task_id"))?,
            owner_id: event.owner_id.parse().map_err(|_| not_an_id("owner_id"))?,
            at: time(event.occurred_at)?,
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
            task_id: event.task_id.parse().map_err(|_| not_an_id("task_id"))?,
            operator_id: event.operator_id.parse().map_err(|_| not_an_id("operator_id"))?,
            times: event.version,
            at: time(event.occurred_at)?,
            title: event.title,
        }))
    }
}

fn not_an_id(field: &str) -> Error {
    Error::invalid(field, "must be a UUID")
}

fn time(at: Option<Timestamp>) -> Result<DateTime<Utc>> {
    at.and_then(|at| DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).ok()?))
        .ok_or_else(|| Error::invalid("occurred_at", "must be a time"))
}
