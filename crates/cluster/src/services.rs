//! The gateway and the six services behind it.

use std::fmt;

/// A service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum Service {
    /// The edge.
    Gateway,
    /// Sessions and keys.
    Auth,
    /// People.
    Users,
    /// Tasks and images.
    Tasks,
    /// Leases, votes and decisions.
    Subtasks,
    /// Notifications and mails.
    Notify,
    /// Pictures of pictures.
    Renditions,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Gateway, Self::Auth, Self::Users, Self::Tasks, Self::Subtasks, Self::Notify, Self::Renditions];

    /// Its name: of the binary, the database, the tokens.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Auth => "auth",
            Self::Users => "users",
            Self::Tasks => "tasks",
            Self::Subtasks => "subtasks",
            Self::Notify => "notify",
            Self::Renditions => "renditions",
        }
    }

    /// Those that have a database.
    pub fn with_data() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|service| *service != Self::Gateway)
    }
}

impl fmt::Display for Service {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
