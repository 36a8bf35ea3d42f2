//! The six services, and how each is told where the others are.

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
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Gateway, Self::Auth, Self::Users, Self::Tasks, Self::Subtasks, Self::Notify];

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
        }
    }

    /// Those that have a database.
    pub(crate) fn with_data() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|service| *service != Self::Gateway)
    }

    /// Brings its database to the present schema.
    pub(crate) async fn migrate(self, owner_url: &str) -> anyhow::Result<()> {
        match self {
            Self::Gateway => Ok(()),
            Self::Auth => auth::migrate(owner_url).await,
            Self::Users => users::migrate(owner_url).await,
            Self::Tasks => tasks::migrate(owner_url).await,
            Self::Subtasks => subtasks::migrate(owner_url).await,
            Self::Notify => notify::migrate(owner_url).await,
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
