//! What answers say, as far as this program looks at it. What it only passes on stays JSON.

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

use super::refusal::odd;
use crate::exit::Failure;

/// An answer as a value of ours.
pub(crate) fn parse<T: DeserializeOwned>(value: &Value) -> Result<T, Failure> {
    T::deserialize(value).map_err(|error| odd(&error.to_string()))
}

/// A field of text; empty where it is absent, as proto3's JSON leaves out what is empty.
pub(crate) fn field<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// A field with a whole number, which proto3's JSON writes as text where it has 64 bits; 0 where it is absent.
pub(crate) fn count(value: &Value, field: &str) -> u64 {
    let field = &value[field];
    field.as_u64().or_else(|| field.as_str()?.parse().ok()).unwrap_or_default()
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let value = Value::deserialize(deserializer)?;
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).ok_or_else(|| serde::de::Error::custom("a whole number"))
}

/// A session that has begun.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LoginAnswer {
    pub(crate) token: String,
    #[serde(default)]
    pub(crate) expires_at: String,
}

/// A person.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
pub(crate) struct User {
    pub(crate) user_id: String,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) surname: String,
    pub(crate) roles: Vec<String>,
    pub(crate) created_at: String,
}

/// A task.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Task {
    pub(crate) task_id: String,
    pub(crate) title: String,
    pub(crate) instructions: String,
    pub(crate) labels: Vec<String>,
    pub(crate) policy: Policy,
    pub(crate) state: TaskState,
    #[serde(deserialize_with = "number")]
    pub(crate) images: u64,
    #[serde(deserialize_with = "number")]
    pub(crate) decided: u64,
    #[serde(deserialize_with = "number")]
    pub(crate) contested: u64,
    #[serde(deserialize_with = "number")]
    pub(crate) undecided: u64,
    pub(crate) created_at: String,
    pub(crate) submitted_at: String,
    pub(crate) ended_at: String,
    pub(crate) finishing: bool,
}

/// How votes become a decision.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Policy {
    pub(crate) redundancy: u32,
    pub(crate) max_votes: u32,
    pub(crate) confidence: f64,
    pub(crate) gold_share: f64,
    pub(crate) gold_accuracy: f64,
    pub(crate) qualification: u32,
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum TaskState {
    #[serde(rename = "TASK_STATE_DRAFT")]
    Draft,
    #[serde(rename = "TASK_STATE_OPEN")]
    Open,
    #[serde(rename = "TASK_STATE_COMPLETED")]
    Completed,
    #[serde(rename = "TASK_STATE_CANCELLED")]
    Cancelled,
    #[default]
    #[serde(other)]
    Unknown,
}

impl TaskState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
        }
    }

    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }
}

/// An image of a task.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Image {
    pub(crate) image_id: String,
    pub(crate) name: String,
    pub(crate) sha256: String,
    pub(crate) gold_label: String,
}

/// How far a task has come.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Progress {
    #[serde(deserialize_with = "number")]
    pub(crate) version: u64,
    pub(crate) state: TaskState,
    #[serde(deserialize_with = "number")]
    pub(crate) images: u64,
    #[serde(deserialize_with = "number")]
    pub(crate) decided: u64,
    #[serde(deserialize_with = "number")]
    pub(crate) contested: u64,
    #[serde(deserialize_with = "number")]
    pub(crate) undecided: u64,
    #[serde(deserialize_with = "number")]
    pub(crate) starved: u64,
}

/// What became of an image.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Verdict {
    pub(crate) image_id: String,
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) label: String,
    pub(crate) confidence: f64,
    pub(crate) votes: Vec<LabelCount>,
    pub(crate) contested: bool,
    pub(crate) rule: String,
}

/// What was decided about an image, once.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Decision {
    pub(crate) label: String,
    pub(crate) confidence: f64,
    pub(crate) rule: String,
    pub(crate) cause: String,
    pub(crate) decided_at: String,
    pub(crate) comment: String,
}

/// How many votes a label got.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LabelCount {
    pub(crate) label: String,
    pub(crate) votes: u32,
}

/// What an operator holds.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Leases {
    pub(crate) leases: Vec<Lease>,
    pub(crate) shortage: Option<Shortage>,
}

/// An image that is handed to an operator.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Lease {
    pub(crate) subtask_id: String,
    pub(crate) task_id: String,
    pub(crate) title: String,
    pub(crate) instructions: String,
    pub(crate) labels: Vec<String>,
    pub(crate) image_url: String,
    pub(crate) expires_at: String,
}

/// Why there is nothing more to lease.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Shortage {
    pub(crate) cause: String,
    pub(crate) retry_after: String,
    pub(crate) leased_by_others: u32,
}

/// What became of a vote.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct VoteAnswer {
    pub(crate) outcome: String,
}
