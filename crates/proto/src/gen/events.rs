// Generated from proto/ by `./dev gen`; do not edit.

use crate::event::Event;

impl Event for crate::auth::v1::LoggedIn {
    const SUBJECT: &'static str = "auth.logged_in";
    const KEPT: Option<std::time::Duration> = Some(std::time::Duration::from_hours(24));
}

impl Event for crate::auth::v1::PrincipalChanged {
    const SUBJECT: &'static str = "auth.principal_changed";
}

impl Event for crate::subtasks::v1::SubtaskDecided {
    const SUBJECT: &'static str = "subtasks.decided";
}

impl Event for crate::subtasks::v1::SubtaskStarved {
    const SUBJECT: &'static str = "subtasks.starved";
}

impl Event for crate::subtasks::v1::OperatorPaused {
    const SUBJECT: &'static str = "subtasks.operator_paused";
}

impl Event for crate::tasks::v1::TaskOpened {
    const SUBJECT: &'static str = "tasks.opened";
}

impl Event for crate::tasks::v1::TaskImagesAdded {
    const SUBJECT: &'static str = "tasks.images_added";
}

impl Event for crate::tasks::v1::TaskFinishedEarly {
    const SUBJECT: &'static str = "tasks.finished_early";
}

impl Event for crate::tasks::v1::TaskCancelled {
    const SUBJECT: &'static str = "tasks.cancelled";
}

impl Event for crate::tasks::v1::TaskCompleted {
    const SUBJECT: &'static str = "tasks.completed";
}

impl Event for crate::users::v1::UserCreated {
    const SUBJECT: &'static str = "users.created";
}

/// The subjects of all events, sorted.
pub static SUBJECTS: &[&str] = &[
    "auth.logged_in",
    "auth.principal_changed",
    "subtasks.decided",
    "subtasks.operator_paused",
    "subtasks.starved",
    "tasks.cancelled",
    "tasks.completed",
    "tasks.finished_early",
    "tasks.images_added",
    "tasks.opened",
    "users.created",
];
