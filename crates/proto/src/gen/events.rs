// Generated from proto/ by `./dev gen`; do not edit.

use crate::event::{Consumer, Event};

impl Event for crate::auth::v1::LoggedIn {
    const SUBJECT: &'static str = "auth.logged_in";
    const KEPT: Option<std::time::Duration> = Some(std::time::Duration::from_hours(24));
}

impl Event for crate::auth::v1::PrincipalChanged {
    const SUBJECT: &'static str = "auth.principal_changed";
}

impl Event for crate::auth::v1::AuthActed {
    const SUBJECT: &'static str = "auth.acted";
}

impl Event for crate::auth::v1::SecondFactorChanged {
    const SUBJECT: &'static str = "auth.second_factor_changed";
}

impl Event for crate::notify::v1::NotifyActed {
    const SUBJECT: &'static str = "notify.acted";
}

impl Event for crate::renditions::v1::ResizeQueued {
    const SUBJECT: &'static str = "renditions.resize_queued";
}

impl Event for crate::renditions::v1::CropQueued {
    const SUBJECT: &'static str = "renditions.crop_queued";
}

impl Event for crate::renditions::v1::OptimizeQueued {
    const SUBJECT: &'static str = "renditions.optimize_queued";
}

impl Event for crate::renditions::v1::PortraitQueued {
    const SUBJECT: &'static str = "renditions.portrait_queued";
}

impl Event for crate::renditions::v1::ScreenshotQueued {
    const SUBJECT: &'static str = "renditions.screenshot_queued";
}

impl Event for crate::renditions::v1::LeadImageQueued {
    const SUBJECT: &'static str = "renditions.lead_image_queued";
}

impl Event for crate::renditions::v1::JobStarted {
    const SUBJECT: &'static str = "renditions.started";
}

impl Event for crate::renditions::v1::JobFinished {
    const SUBJECT: &'static str = "renditions.finished";
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

impl Event for crate::subtasks::v1::SubtasksActed {
    const SUBJECT: &'static str = "subtasks.acted";
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

impl Event for crate::tasks::v1::TaskAudienceChanged {
    const SUBJECT: &'static str = "tasks.audience_changed";
}

impl Event for crate::tasks::v1::TaskCancelled {
    const SUBJECT: &'static str = "tasks.cancelled";
}

impl Event for crate::tasks::v1::TaskDeleted {
    const SUBJECT: &'static str = "tasks.deleted";
}

impl Event for crate::tasks::v1::TaskCompleted {
    const SUBJECT: &'static str = "tasks.completed";
}

impl Event for crate::tasks::v1::TaskStarved {
    const SUBJECT: &'static str = "tasks.starved";
}

impl Event for crate::tasks::v1::TasksActed {
    const SUBJECT: &'static str = "tasks.acted";
}

impl Event for crate::users::v1::UserCreated {
    const SUBJECT: &'static str = "users.created";
}

impl Event for crate::users::v1::UserUpdated {
    const SUBJECT: &'static str = "users.updated";
}

impl Event for crate::users::v1::UserDeleted {
    const SUBJECT: &'static str = "users.deleted";
}

impl Event for crate::users::v1::UserPasswordChanged {
    const SUBJECT: &'static str = "users.password_changed";
}

impl Event for crate::users::v1::GroupMemberChanged {
    const SUBJECT: &'static str = "users.group_member_changed";
}

impl Event for crate::users::v1::GroupInvited {
    const SUBJECT: &'static str = "users.group_invited";
}

impl Event for crate::users::v1::UsersActed {
    const SUBJECT: &'static str = "users.acted";
}

/// The subjects of all events, sorted.
pub static SUBJECTS: &[&str] = &[
    "auth.acted",
    "auth.logged_in",
    "auth.principal_changed",
    "auth.second_factor_changed",
    "notify.acted",
    "renditions.crop_queued",
    "renditions.finished",
    "renditions.lead_image_queued",
    "renditions.optimize_queued",
    "renditions.portrait_queued",
    "renditions.resize_queued",
    "renditions.screenshot_queued",
    "renditions.started",
    "subtasks.acted",
    "subtasks.decided",
    "subtasks.operator_paused",
    "subtasks.starved",
    "tasks.acted",
    "tasks.audience_changed",
    "tasks.cancelled",
    "tasks.completed",
    "tasks.deleted",
    "tasks.finished_early",
    "tasks.images_added",
    "tasks.opened",
    "tasks.starved",
    "users.acted",
    "users.created",
    "users.deleted",
    "users.group_invited",
    "users.group_member_changed",
    "users.password_changed",
    "users.updated",
];

/// All consumers, sorted by name.
pub static CONSUMERS: &[Consumer] = &[
    Consumer::AUTH_ACTS_OF_AUTH,
    Consumer::AUTH_ACTS_OF_NOTIFY,
    Consumer::AUTH_ACTS_OF_SUBTASKS,
    Consumer::AUTH_ACTS_OF_TASKS,
    Consumer::AUTH_ACTS_OF_USERS,
    Consumer::AUTH_DELETED_USERS,
    Consumer::AUTH_USERS,
    Consumer::GATEWAY_AUTH_PRINCIPAL_CHANGED,
    Consumer::NOTIFY_COMPLETIONS,
    Consumer::NOTIFY_DELETED_USERS,
    Consumer::NOTIFY_DELETIONS,
    Consumer::NOTIFY_INVITATIONS,
    Consumer::NOTIFY_LOGINS,
    Consumer::NOTIFY_PASSWORDS,
    Consumer::NOTIFY_PAUSES,
    Consumer::NOTIFY_SECOND_FACTORS,
    Consumer::NOTIFY_STARVED,
    Consumer::RENDITIONS_CROP,
    Consumer::RENDITIONS_DELETED_USERS,
    Consumer::RENDITIONS_LEAD_IMAGE,
    Consumer::RENDITIONS_OPTIMIZE,
    Consumer::RENDITIONS_PORTRAIT,
    Consumer::RENDITIONS_PROGRESS,
    Consumer::RENDITIONS_RESIZE,
    Consumer::RENDITIONS_SCREENSHOT,
    Consumer::SUBTASKS_AUDIENCES,
    Consumer::SUBTASKS_DELETED_USERS,
    Consumer::SUBTASKS_DELETIONS,
    Consumer::SUBTASKS_GROUPS,
    Consumer::SUBTASKS_TASKS,
    Consumer::SUBTASKS_USERS,
    Consumer::TASKS_DECISIONS,
    Consumer::TASKS_DELETED_USERS,
    Consumer::TASKS_STARVED,
];

impl Consumer {
    /// The consumer `auth-acts-of-auth`.
    pub const AUTH_ACTS_OF_AUTH: Self =
        Self { name: "auth-acts-of-auth", service: "auth", owner: "auth", subjects: &["auth.acted"], shared: true };
    /// The consumer `auth-acts-of-notify`.
    pub const AUTH_ACTS_OF_NOTIFY: Self = Self {
        name: "auth-acts-of-notify",
        service: "auth",
        owner: "notify",
        subjects: &["notify.acted"],
        shared: true,
    };
    /// The consumer `auth-acts-of-subtasks`.
    pub const AUTH_ACTS_OF_SUBTASKS: Self = Self {
        name: "auth-acts-of-subtasks",
        service: "auth",
        owner: "subtasks",
        subjects: &["subtasks.acted"],
        shared: true,
    };
    /// The consumer `auth-acts-of-tasks`.
    pub const AUTH_ACTS_OF_TASKS: Self =
        Self { name: "auth-acts-of-tasks", service: "auth", owner: "tasks", subjects: &["tasks.acted"], shared: true };
    /// The consumer `auth-acts-of-users`.
    pub const AUTH_ACTS_OF_USERS: Self =
        Self { name: "auth-acts-of-users", service: "auth", owner: "users", subjects: &["users.acted"], shared: true };
    /// The consumer `auth-deleted-users`.
    pub const AUTH_DELETED_USERS: Self = Self {
        name: "auth-deleted-users",
        service: "auth",
        owner: "users",
        subjects: &["users.deleted"],
        shared: true,
    };
    /// The consumer `auth-users`.
    pub const AUTH_USERS: Self = Self {
        name: "auth-users",
        service: "auth",
        owner: "users",
        subjects: &["users.password_changed", "users.updated"],
        shared: true,
    };
    /// The consumer `gateway-auth-principal-changed`.
    pub const GATEWAY_AUTH_PRINCIPAL_CHANGED: Self = Self {
        name: "gateway-auth-principal-changed",
        service: "gateway",
        owner: "auth",
        subjects: &["auth.principal_changed"],
        shared: false,
    };
    /// The consumer `notify-completions`.
    pub const NOTIFY_COMPLETIONS: Self = Self {
        name: "notify-completions",
        service: "notify",
        owner: "tasks",
        subjects: &["tasks.completed"],
        shared: true,
    };
    /// The consumer `notify-deleted-users`.
    pub const NOTIFY_DELETED_USERS: Self = Self {
        name: "notify-deleted-users",
        service: "notify",
        owner: "users",
        subjects: &["users.deleted"],
        shared: true,
    };
    /// The consumer `notify-deletions`.
    pub const NOTIFY_DELETIONS: Self = Self {
        name: "notify-deletions",
        service: "notify",
        owner: "tasks",
        subjects: &["tasks.deleted"],
        shared: true,
    };
    /// The consumer `notify-invitations`.
    pub const NOTIFY_INVITATIONS: Self = Self {
        name: "notify-invitations",
        service: "notify",
        owner: "users",
        subjects: &["users.group_invited"],
        shared: true,
    };
    /// The consumer `notify-logins`.
    pub const NOTIFY_LOGINS: Self =
        Self { name: "notify-logins", service: "notify", owner: "auth", subjects: &["auth.logged_in"], shared: true };
    /// The consumer `notify-passwords`.
    pub const NOTIFY_PASSWORDS: Self = Self {
        name: "notify-passwords",
        service: "notify",
        owner: "users",
        subjects: &["users.password_changed"],
        shared: true,
    };
    /// The consumer `notify-pauses`.
    pub const NOTIFY_PAUSES: Self = Self {
        name: "notify-pauses",
        service: "notify",
        owner: "subtasks",
        subjects: &["subtasks.operator_paused"],
        shared: true,
    };
    /// The consumer `notify-second-factors`.
    pub const NOTIFY_SECOND_FACTORS: Self = Self {
        name: "notify-second-factors",
        service: "notify",
        owner: "auth",
        subjects: &["auth.second_factor_changed"],
        shared: true,
    };
    /// The consumer `notify-starved`.
    pub const NOTIFY_STARVED: Self =
        Self { name: "notify-starved", service: "notify", owner: "tasks", subjects: &["tasks.starved"], shared: true };
    /// The consumer `renditions-crop`.
    pub const RENDITIONS_CROP: Self = Self {
        name: "renditions-crop",
        service: "renditions",
        owner: "renditions",
        subjects: &["renditions.crop_queued"],
        shared: true,
    };
    /// The consumer `renditions-deleted-users`.
    pub const RENDITIONS_DELETED_USERS: Self = Self {
        name: "renditions-deleted-users",
        service: "renditions",
        owner: "users",
        subjects: &["users.deleted"],
        shared: true,
    };
    /// The consumer `renditions-lead-image`.
    pub const RENDITIONS_LEAD_IMAGE: Self = Self {
        name: "renditions-lead-image",
        service: "renditions",
        owner: "renditions",
        subjects: &["renditions.lead_image_queued"],
        shared: true,
    };
    /// The consumer `renditions-optimize`.
    pub const RENDITIONS_OPTIMIZE: Self = Self {
        name: "renditions-optimize",
        service: "renditions",
        owner: "renditions",
        subjects: &["renditions.optimize_queued"],
        shared: true,
    };
    /// The consumer `renditions-portrait`.
    pub const RENDITIONS_PORTRAIT: Self = Self {
        name: "renditions-portrait",
        service: "renditions",
        owner: "renditions",
        subjects: &["renditions.portrait_queued"],
        shared: true,
    };
    /// The consumer `renditions-progress`.
    pub const RENDITIONS_PROGRESS: Self = Self {
        name: "renditions-progress",
        service: "renditions",
        owner: "renditions",
        subjects: &["renditions.finished", "renditions.started"],
        shared: true,
    };
    /// The consumer `renditions-resize`.
    pub const RENDITIONS_RESIZE: Self = Self {
        name: "renditions-resize",
        service: "renditions",
        owner: "renditions",
        subjects: &["renditions.resize_queued"],
        shared: true,
    };
    /// The consumer `renditions-screenshot`.
    pub const RENDITIONS_SCREENSHOT: Self = Self {
        name: "renditions-screenshot",
        service: "renditions",
        owner: "renditions",
        subjects: &["renditions.screenshot_queued"],
        shared: true,
    };
    /// The consumer `subtasks-audiences`.
    pub const SUBTASKS_AUDIENCES: Self = Self {
        name: "subtasks-audiences",
        service: "subtasks",
        owner: "tasks",
        subjects: &["tasks.audience_changed"],
        shared: true,
    };
    /// The consumer `subtasks-deleted-users`.
    pub const SUBTASKS_DELETED_USERS: Self = Self {
        name: "subtasks-deleted-users",
        service: "subtasks",
        owner: "users",
        subjects: &["users.deleted"],
        shared: true,
    };
    /// The consumer `subtasks-deletions`.
    pub const SUBTASKS_DELETIONS: Self = Self {
        name: "subtasks-deletions",
        service: "subtasks",
        owner: "tasks",
        subjects: &["tasks.deleted"],
        shared: true,
    };
    /// The consumer `subtasks-groups`.
    pub const SUBTASKS_GROUPS: Self = Self {
        name: "subtasks-groups",
        service: "subtasks",
        owner: "users",
        subjects: &["users.group_member_changed"],
        shared: true,
    };
    /// The consumer `subtasks-tasks`.
    pub const SUBTASKS_TASKS: Self = Self {
        name: "subtasks-tasks",
        service: "subtasks",
        owner: "tasks",
        subjects: &["tasks.cancelled", "tasks.completed", "tasks.finished_early", "tasks.images_added", "tasks.opened"],
        shared: true,
    };
    /// The consumer `subtasks-users`.
    pub const SUBTASKS_USERS: Self = Self {
        name: "subtasks-users",
        service: "subtasks",
        owner: "users",
        subjects: &["users.updated"],
        shared: true,
    };
    /// The consumer `tasks-decisions`.
    pub const TASKS_DECISIONS: Self = Self {
        name: "tasks-decisions",
        service: "tasks",
        owner: "subtasks",
        subjects: &["subtasks.decided"],
        shared: true,
    };
    /// The consumer `tasks-deleted-users`.
    pub const TASKS_DELETED_USERS: Self = Self {
        name: "tasks-deleted-users",
        service: "tasks",
        owner: "users",
        subjects: &["users.deleted"],
        shared: true,
    };
    /// The consumer `tasks-starved`.
    pub const TASKS_STARVED: Self = Self {
        name: "tasks-starved",
        service: "tasks",
        owner: "subtasks",
        subjects: &["subtasks.starved"],
        shared: true,
    };
}
