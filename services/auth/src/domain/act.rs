//! Acts: entries of the audit record.

use chrono::{DateTime, Utc};
use labelmesh_ids::{EventId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Something that somebody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Act {
    pub(crate) id: EventId,
    pub(crate) acted_at: DateTime<Utc>,
    /// A principal's key.
    pub(crate) actor: String,
    pub(crate) actor_id: Option<UserId>,
    /// The full name, without the slash in front.
    pub(crate) method: String,
    pub(crate) subject_id: Option<Uuid>,
    /// Of whom the changes tell something personal.
    pub(crate) about_id: Option<UserId>,
    pub(crate) address: Option<String>,
    pub(crate) request_id: String,
    pub(crate) changes: Vec<Change>,
}

/// How a field was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Change {
    pub(crate) field: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<String>,
}

/// Which acts are meant: those that fit everything that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct ActFilter {
    pub(crate) actor: Option<UserId>,
    pub(crate) subject: Option<Uuid>,
    /// A method's full name or its last part.
    pub(crate) method: Option<String>,
    pub(crate) from: Option<DateTime<Utc>>,
    pub(crate) until: Option<DateTime<Utc>>,
}

impl ActFilter {
    /// The last part of the method.
    pub(crate) fn call(&self) -> Option<&str> {
        let method = self.method.as_deref()?;
        Some(method.rsplit_once('/').map_or(method, |(_, call)| call))
    }

    /// The method where its full name was given.
    pub(crate) fn whole_method(&self) -> Option<&str> {
        self.method.as_deref().filter(|method| method.contains('/'))
    }
}
