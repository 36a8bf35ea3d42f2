//! What can be configured, by environment (`RENDITIONS__PICTURES__MAX_BYTES`) or file.

use std::{num::NonZeroU32, path::PathBuf, time::Duration};

use labelmesh_outbound::Network;
use labelmesh_pixels::Limits;
use labelmesh_seal::SealKeys;
use labelmesh_service::Basics;
use serde::Deserialize;

use crate::domain::{Kind, Spec};

/// The configuration of `renditions serve`.
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
    /// Where pictures are kept; endpoint, bucket and keys are required.
    pub blobs: labelmesh_blobs::Config,
    /// Where tasks is, whose images are sources, too; required.
    pub tasks: labelmesh_client::Config,
    /// Whether to make the bucket at start if there is none: for development.
    #[serde(default)]
    pub create_bucket: bool,
    /// Seals page tokens; the same in all replicas. One key, or a list of which the first seals and all open. Required.
    pub page_key: SealKeys,
    /// The bounds of pictures.
    #[serde(default)]
    pub pictures: Pictures,
    /// How much one client may have.
    #[serde(default)]
    pub quotas: Quotas,
    /// How clients take turns.
    #[serde(default)]
    pub turns: Turns,
    /// The kinds that clients may ask for, by their names: all. Where no worker has a browser, `screenshot` is left
    /// out.
    #[serde(default = "all_kinds")]
    pub kinds: Vec<Kind>,
    /// Which pages may be asked for.
    #[serde(default)]
    pub pages: AskedPages,
}

fn all_kinds() -> Vec<Kind> {
    Kind::ALL.to_vec()
}

/// Which pages may be asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AskedPages {
    /// Networks that may be called though they are not public, such as `127.0.0.0/8`: the same as of the workers.
    pub allow: Vec<Network>,
}

/// The configuration of `renditions worker`, by variables such as `RENDITIONS_WORKER__MEMORY_BYTES`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkerConfig {
    /// What every service has: addresses, telemetry, identity.
    #[serde(default)]
    pub basics: Basics,
    /// The message broker; its URL is required.
    pub events: labelmesh_events::Config,
    /// Where pictures are kept; endpoint, bucket and keys are required.
    pub blobs: labelmesh_blobs::Config,
    /// The bounds of pictures.
    #[serde(default)]
    pub pictures: Pictures,
    /// How many pictures are made at once; 0 means as many as there are processors.
    #[serde(default)]
    pub at_once: usize,
    /// The memory of pictures that are being made, over all jobs, in bytes: 1 GiB. A job that needs more than all of it
    /// fails. The files themselves come to it, but for screenshots, which may be large.
    #[serde(default = "memory_bytes")]
    pub memory_bytes: u64,
    /// How long one job may take.
    #[serde(default)]
    pub deadlines: Deadlines,
    /// How web pages are looked at.
    #[serde(default)]
    pub pages: Pages,
}

fn memory_bytes() -> u64 {
    1 << 30
}

/// The bounds of pictures.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pictures {
    /// The largest file, in bytes: 20 MiB.
    pub max_bytes: u64,
    /// The most pixels of a picture: 50 million.
    pub max_pixels: u64,
    /// The most frames of an animation whose frames are all wanted: 300.
    pub max_frames: u32,
    /// The most pixels of all these frames together: 200 million.
    pub max_frame_pixels: u64,
    /// The memory of files on their way in, over all calls, in bytes: 128 MiB. Always enough for one of the largest.
    pub upload_memory_bytes: u64,
    /// How long sources stay after they were used last, and transformations after they have ended: 30 days.
    #[serde(with = "humantime_serde")]
    pub kept_for: Duration,
}

impl Default for Pictures {
    fn default() -> Self {
        let Limits { max_bytes, max_pixels, max_frames, max_frame_pixels, .. } = Limits::default();
        Self {
            max_bytes,
            max_pixels,
            max_frames,
            max_frame_pixels,
            upload_memory_bytes: 128 << 20,
            kept_for: Duration::from_secs(30 * 24 * 60 * 60),
        }
    }
}

impl Pictures {
    /// The same for whoever reads pictures, with so much memory for it.
    pub(crate) fn limits(&self, max_memory_bytes: u64) -> Limits {
        let Self { max_bytes, max_pixels, max_frames, max_frame_pixels, .. } = *self;
        Limits { max_bytes, max_pixels, max_frames, max_frame_pixels, max_memory_bytes }
    }
}

/// How web pages are looked at.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Pages {
    /// The program of the browser. Unless it is given it is the first of `chromium`, `chromium-browser` and
    /// `google-chrome` on the PATH.
    pub chromium: Option<PathBuf>,
    /// The numbers of the user and the group that the browser runs as. A worker of root has to name an ordinary user,
    /// and others none: their browser runs as they do.
    pub user: Option<(u32, u32)>,
    /// Networks that may be called though they are not public, such as `127.0.0.0/8`: for development and tests.
    pub allow: Vec<Network>,
    /// How many pages are looked at once: 2. Each takes some 100 MB of memory in the browser.
    pub at_once: usize,
    /// The most bytes that one page may fetch, with all that belongs to it: 50 MiB.
    pub max_bytes: u64,
    /// The most requests that one page may make: 300.
    pub max_requests: u32,
    /// The most hosts that one page may call: 60.
    pub max_hosts: usize,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            chromium: None,
            user: None,
            allow: Vec::new(),
            at_once: 2,
            max_bytes: 50 << 20,
            max_requests: 300,
            max_hosts: 60,
        }
    }
}

/// How much one client may have; 0 means without bound.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// Transformations that have not ended: 10,000. Requests that come at the same moment may pass it by as many as
    /// they ask for.
    pub open_transformations: u64,
    /// The bytes of sources: 20 GiB. Uploads that run at the same moment may pass it by a file each.
    pub source_bytes: u64,
}

impl Default for Quotas {
    fn default() -> Self {
        Self { open_transformations: 10_000, source_bytes: 20 << 30 }
    }
}

/// How clients take turns.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Turns {
    /// How many jobs of one client and one kind are in the queue of the workers at a time: 64. The others wait until
    /// some of these have ended. It is worth being more than all workers of a kind do at once, or some of them have
    /// nothing to do when one client alone has much.
    pub at_once: NonZeroU32,
}

impl Default for Turns {
    fn default() -> Self {
        Self { at_once: NonZeroU32::new(64).expect("not zero") }
    }
}

/// How long one job may take from when it has its processor; then it fails. What is still at it after twice as long
/// ends its worker.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Deadlines {
    /// For resize: 30 seconds.
    #[serde(with = "humantime_serde")]
    pub resize: Duration,
    /// For crop: 30 seconds.
    #[serde(with = "humantime_serde")]
    pub crop: Duration,
    /// For optimize: two minutes.
    #[serde(with = "humantime_serde")]
    pub optimize: Duration,
    /// For portrait: a minute.
    #[serde(with = "humantime_serde")]
    pub portrait: Duration,
    /// For screenshot: 45 seconds, of which the page has two thirds.
    #[serde(with = "humantime_serde")]
    pub screenshot: Duration,
    /// For lead_image: 45 seconds, of which the page has two thirds.
    #[serde(with = "humantime_serde")]
    pub lead_image: Duration,
    /// For whatever is written as AVIF, where its kind has less: two minutes.
    #[serde(with = "humantime_serde")]
    pub avif: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            resize: seconds(30),
            crop: seconds(30),
            optimize: seconds(120),
            portrait: seconds(60),
            screenshot: seconds(45),
            lead_image: seconds(45),
            avif: seconds(120),
        }
    }
}

impl Deadlines {
    /// The one of a kind.
    pub(crate) fn of(&self, kind: Kind) -> Duration {
        match kind {
            Kind::Resize => self.resize,
            Kind::Crop => self.crop,
            Kind::Optimize => self.optimize,
            Kind::Portrait => self.portrait,
            Kind::Screenshot => self.screenshot,
            Kind::LeadImage => self.lead_image,
        }
    }

    /// The one of what is written in so much time, or of AVIF.
    pub(crate) fn of_writing(&self, spec: &Spec, time: Duration) -> Duration {
        if spec.writes_avif() { time.max(self.avif) } else { time }
    }
}
