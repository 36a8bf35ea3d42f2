//! What people are told.

use chrono::{DateTime, Utc};
use labelmesh_ids::{GroupId, SessionId, TaskId, UserId, WebhookId};
use uuid::Uuid;

/// Something that happened and is worth telling one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Notice {
    /// Somebody signed in to the user's account.
    LoggedIn(LoggedIn),
    /// A task of the user is complete.
    TaskCompleted(TaskCompleted),
    /// The user is paused as an operator in a task.
    OperatorPaused(OperatorPaused),
    /// A webhook of the user is told nothing more.
    WebhookPaused(WebhookPaused),
    /// Images of a task of the user can't get their votes.
    TaskStarved(TaskStarved),
    /// The user is invited to a group.
    GroupInvited(GroupInvited),
    /// The user has another password.
    PasswordChanged(PasswordChanged),
    /// The user's second factor is another, or none.
    SecondFactorChanged(SecondFactorChanged),
}

/// A session that began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LoggedIn {
    pub(crate) session_id: SessionId,
    pub(crate) user_id: UserId,
    pub(crate) address: String,
    pub(crate) user_agent: String,
    pub(crate) at: DateTime<Utc>,
}

/// A task whose images are all decided, or reported undecided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaskCompleted {
    pub(crate) task_id: TaskId,
    pub(crate) owner_id: UserId,
    pub(crate) title: String,
    pub(crate) images: u64,
    pub(crate) decided: u64,
    pub(crate) contested: u64,
    pub(crate) undecided: u64,
    pub(crate) at: DateTime<Utc>,
}

/// A pause: a task hands out nothing more to an operator for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OperatorPaused {
    pub(crate) task_id: TaskId,
    pub(crate) operator_id: UserId,
    /// How often the operator was paused in the task, this time included.
    pub(crate) times: u64,
    pub(crate) title: String,
    pub(crate) at: DateTime<Utc>,
}

/// A webhook that is told nothing more, as its endpoint took nothing for too long or is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WebhookPaused {
    pub(crate) webhook_id: WebhookId,
    pub(crate) owner_id: UserId,
    pub(crate) url: String,
    /// Whether the endpoint said that it is gone for good.
    pub(crate) gone: bool,
    pub(crate) at: DateTime<Utc>,
}

/// A task some of whose images too many operators have skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TaskStarved {
    pub(crate) task_id: TaskId,
    pub(crate) owner_id: UserId,
    pub(crate) title: String,
    pub(crate) images: u64,
    /// How many of them starve.
    pub(crate) starved: u64,
    pub(crate) at: DateTime<Utc>,
}

/// An invitation to a group of operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupInvited {
    pub(crate) group_id: GroupId,
    pub(crate) user_id: UserId,
    /// The group's name.
    pub(crate) name: String,
    pub(crate) at: DateTime<Utc>,
}

/// A password that took the place of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PasswordChanged {
    pub(crate) user_id: UserId,
    /// How many passwords the user has had.
    pub(crate) version: u64,
    /// Whether the session through which it was changed goes on; otherwise none does.
    pub(crate) through_session: bool,
    pub(crate) at: DateTime<Utc>,
}

/// A second factor that was confirmed, removed or taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecondFactorChanged {
    pub(crate) user_id: UserId,
    pub(crate) version: u64,
    pub(crate) change: FactorChange,
    pub(crate) at: DateTime<Utc>,
}

/// What was done to a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FactorChange {
    /// Its owner has confirmed it.
    Confirmed,
    /// Its owner has removed it.
    Removed,
    /// An administrator has taken it.
    Taken,
}

/// The kind of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    LoggedIn,
    TaskCompleted,
    OperatorPaused,
    WebhookPaused,
    TaskStarved,
    GroupInvited,
    PasswordChanged,
    SecondFactorChanged,
}

impl Kind {
    /// All there are.
    pub(crate) const ALL: [Self; 8] = [
        Self::LoggedIn,
        Self::TaskCompleted,
        Self::OperatorPaused,
        Self::WebhookPaused,
        Self::TaskStarved,
        Self::GroupInvited,
        Self::PasswordChanged,
        Self::SecondFactorChanged,
    ];

    /// The name under which it is stored.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::LoggedIn => "logged_in",
            Self::TaskCompleted => "task_completed",
            Self::OperatorPaused => "operator_paused",
            Self::WebhookPaused => "webhook_paused",
            Self::TaskStarved => "task_starved",
            Self::GroupInvited => "group_invited",
            Self::PasswordChanged => "password_changed",
            Self::SecondFactorChanged => "second_factor_changed",
        }
    }

    /// The kind that is stored under this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl FactorChange {
    /// The name under which webhooks are told.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Removed => "removed",
            Self::Taken => "taken",
        }
    }
}

impl Notice {
    /// What happened.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::LoggedIn(_) => Kind::LoggedIn,
            Self::TaskCompleted(_) => Kind::TaskCompleted,
            Self::OperatorPaused(_) => Kind::OperatorPaused,
            Self::WebhookPaused(_) => Kind::WebhookPaused,
            Self::TaskStarved(_) => Kind::TaskStarved,
            Self::GroupInvited(_) => Kind::GroupInvited,
            Self::PasswordChanged(_) => Kind::PasswordChanged,
            Self::SecondFactorChanged(_) => Kind::SecondFactorChanged,
        }
    }

    /// The thing that the notice is about. With the kind it is the natural key: a session begins once, a task completes
    /// once, an operator is paused in a task for the first time once, for the second time once, and a webhook is paused
    /// at a time once. That a task starves is told once, and to a group somebody is invited at most once a day.
    pub(crate) fn about(&self) -> Uuid {
        match self {
            Self::LoggedIn(login) => login.session_id.uuid(),
            Self::TaskCompleted(task) => task.task_id.uuid(),
            Self::OperatorPaused(pause) => {
                let key = [pause.operator_id.uuid().as_bytes().as_slice(), &pause.times.to_be_bytes()].concat();
                Uuid::new_v5(&pause.task_id.uuid(), &key)
            }
            Self::WebhookPaused(pause) => {
                Uuid::new_v5(&pause.webhook_id.uuid(), &pause.at.timestamp_micros().to_be_bytes())
            }
            Self::TaskStarved(task) => task.task_id.uuid(),
            Self::GroupInvited(invited) => {
                let day = invited.at.date_naive().to_string();
                let key = [invited.user_id.uuid().as_bytes().as_slice(), day.as_bytes()].concat();
                Uuid::new_v5(&invited.group_id.uuid(), &key)
            }
            Self::PasswordChanged(changed) => Uuid::new_v5(
                &changed.user_id.uuid(),
                &[b"password".as_slice(), &changed.version.to_be_bytes()].concat(),
            ),
            Self::SecondFactorChanged(changed) => Uuid::new_v5(
                &changed.user_id.uuid(),
                &[changed.change.name().as_bytes(), &changed.version.to_be_bytes()].concat(),
            ),
        }
    }

    /// The task that it is about, where it is about one.
    pub(crate) fn task_id(&self) -> Option<TaskId> {
        match self {
            Self::LoggedIn(_)
            | Self::WebhookPaused(_)
            | Self::GroupInvited(_)
            | Self::PasswordChanged(_)
            | Self::SecondFactorChanged(_) => None,
            Self::TaskCompleted(task) => Some(task.task_id),
            Self::OperatorPaused(pause) => Some(pause.task_id),
            Self::TaskStarved(task) => Some(task.task_id),
        }
    }

    /// Who is told.
    pub(crate) fn user_id(&self) -> UserId {
        match self {
            Self::LoggedIn(login) => login.user_id,
            Self::TaskCompleted(task) => task.owner_id,
            Self::OperatorPaused(pause) => pause.operator_id,
            Self::WebhookPaused(pause) => pause.owner_id,
            Self::TaskStarved(task) => task.owner_id,
            Self::GroupInvited(invited) => invited.user_id,
            Self::PasswordChanged(changed) => changed.user_id,
            Self::SecondFactorChanged(changed) => changed.user_id,
        }
    }

    /// When it happened.
    pub(crate) fn at(&self) -> DateTime<Utc> {
        match self {
            Self::LoggedIn(login) => login.at,
            Self::TaskCompleted(task) => task.at,
            Self::OperatorPaused(pause) => pause.at,
            Self::WebhookPaused(pause) => pause.at,
            Self::TaskStarved(task) => task.at,
            Self::GroupInvited(invited) => invited.at,
            Self::PasswordChanged(changed) => changed.at,
            Self::SecondFactorChanged(changed) => changed.at,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    fn pause(times: u64) -> Notice {
        Notice::OperatorPaused(OperatorPaused {
            task_id: Uuid::from_u128(1).into(),
            operator_id: Uuid::from_u128(2).into(),
            times,
            title: String::new(),
            at: DateTime::UNIX_EPOCH,
        })
    }

    #[test]
    fn each_pause_is_told_once() {
        assert_eq!(pause(1).about(), pause(1).about());
        assert_ne!(pause(1).about(), pause(2).about());
    }

    #[test]
    fn to_a_group_somebody_is_invited_once_a_day() {
        let invited = |user, hours| {
            Notice::GroupInvited(GroupInvited {
                group_id: Uuid::from_u128(1).into(),
                user_id: Uuid::from_u128(user).into(),
                name: String::new(),
                at: DateTime::UNIX_EPOCH + TimeDelta::hours(hours),
            })
            .about()
        };
        assert_eq!(invited(2, 1), invited(2, 23));
        assert_ne!(invited(2, 1), invited(2, 24));
        assert_ne!(invited(2, 1), invited(3, 1));
    }
}
