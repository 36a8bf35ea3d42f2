//! What can be configured, by environment (`SUBTASKS__LEASES__LENGTH`) or file.

use std::time::Duration;

use labelmesh_seal::SealKeys;
use labelmesh_service::Basics;
use serde::Deserialize;

/// The configuration of subtasks.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// What every service has: addresses, telemetry, identity, limits.
    #[serde(default)]
    pub basics: Basics,
    /// The database; its URL is required.
    pub database: labelmesh_pg::Config,
    /// The message broker; its URL is required.
    pub events: labelmesh_events::Config,
    /// The key that makes operators' pseudonyms, and the ids by which operators know images; the same in all replicas.
    /// One key, or a list: the first is that of new tasks, and a task keeps the one that it has. Required.
    pub pseudonym_key: SealKeys,
    /// Where images are read from; endpoint, bucket and keys are required. Keys that can only read suffice.
    pub blobs: labelmesh_blobs::Config,
    /// Seals page tokens; the same in all replicas. One key, or a list of which the first seals and all open. Required.
    pub page_key: SealKeys,
    /// How images are handed out.
    #[serde(default)]
    pub leases: Leases,
    /// How tasks are decided again.
    #[serde(default)]
    pub redeciding: Redeciding,
}

/// How images are handed out.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Leases {
    /// How long an operator may hold an image without extending: 5 minutes.
    #[serde(with = "humantime_serde")]
    pub length: Duration,
    /// How long a task is left out for an operator for whom it had nothing: 2 seconds.
    #[serde(with = "humantime_serde")]
    pub rest: Duration,
}

impl Default for Leases {
    fn default() -> Self {
        Self { length: Duration::from_secs(5 * 60), rest: Duration::from_secs(2) }
    }
}

/// How tasks are decided again.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Redeciding {
    /// How many MiB of memory a task's votes and a method may take: 512. A task for which it would take more is
    /// refused.
    pub memory_mib: u32,
}

impl Default for Redeciding {
    fn default() -> Self {
        Self { memory_mib: 512 }
    }
}
