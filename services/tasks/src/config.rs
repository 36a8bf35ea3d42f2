//! What can be configured, by environment (`TASKS__IMAGES__MAX_BYTES`) or file.

use std::time::Duration;

use labelmesh_seal::SealKeys;
use labelmesh_service::Basics;
use serde::Deserialize;

/// The configuration of tasks.
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
    /// Where images are kept; endpoint, bucket and keys are required.
    pub blobs: labelmesh_blobs::Config,
    /// Whether to make the bucket at start if there is none: for development.
    #[serde(default)]
    pub create_bucket: bool,
    /// Seals page tokens; the same in all replicas. One key, or a list of which the first seals and all open. Required.
    pub page_key: SealKeys,
    /// The bounds of images.
    #[serde(default)]
    pub images: Images,
    /// How much one client may have.
    #[serde(default)]
    pub quotas: Quotas,
    /// Who is handed the images of new tasks.
    #[serde(default)]
    pub audience: NewTasks,
}

/// Who is handed the images of new tasks, where neither the task nor its owner's account says it.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewTasks {
    /// Where the account is new: `invited`, nobody until somebody is named, or `open`, everybody who is an operator:
    /// for development. The tasks of accounts that are older than audiences are open.
    pub new_accounts: NewAudience,
}

/// Whom the tasks of a new account are open to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NewAudience {
    /// Nobody until somebody is named.
    #[default]
    Invited,
    /// Everybody who is an operator.
    Open,
}

/// How much one client may have; 0 means without bound.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// Tasks, whatever their state: 10,000.
    pub tasks: u64,
    /// Tasks that operators label: 1,000.
    pub open_tasks: u64,
    /// Images, in all tasks together: 5 million.
    pub images: u64,
    /// The bytes of these images: 1 TiB. The same bytes in two tasks count in both.
    pub bytes: u64,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { tasks: 10_000, open_tasks: 1_000, images: 5_000_000, bytes: 1 << 40 }
    }
}

/// The bounds of images.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Images {
    /// The largest file, in bytes: 20 MiB.
    pub max_bytes: usize,
    /// The most pixels of a picture: 50 million.
    pub max_pixels: u64,
    /// The most images of a task: a million. Uploads that run at the same moment may pass it by a few.
    pub max_per_task: u64,
    /// The memory of files on their way in, over all calls, in bytes: 128 MiB. Always enough for one of the largest.
    pub upload_memory_bytes: usize,
    /// The memory of pictures being decoded, over all calls, in bytes: 512 MiB. A picture that needs more is decoded
    /// alone; the largest that `max_pixels` allows needs 12 bytes a pixel.
    pub decode_memory_bytes: u64,
    /// How many pictures are decoded at once; 0 means as many as there are processors.
    pub decode_workers: usize,
    /// How long the bytes of deleted images stay in the store after the last image that had them: a day.
    #[serde(with = "humantime_serde")]
    pub unused_for: Duration,
}

impl Default for Images {
    fn default() -> Self {
        Self {
            max_bytes: 20 * 1024 * 1024,
            max_pixels: 50_000_000,
            max_per_task: 1_000_000,
            upload_memory_bytes: 128 * 1024 * 1024,
            decode_memory_bytes: 512 * 1024 * 1024,
            decode_workers: 0,
            unused_for: Duration::from_secs(24 * 60 * 60),
        }
    }
}
