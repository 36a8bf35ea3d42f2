//! A worker as a process of its own, which can be killed and whose memory can be told.

use std::process::Stdio;

use labelmesh_testkit::Identities;
use renditions::WorkerConfig;
use secrecy::ExposeSecret as _;
use tokio::process::{Child, Command};

/// A worker that makes pictures of pictures. Dropping it kills it.
pub(crate) struct Process(Child);

impl Process {
    /// Starts one that is configured as those of the harness, but for these settings.
    pub(crate) fn start(worker: &WorkerConfig, identities: &Identities, settings: &[(&str, &str)]) -> Self {
        let WorkerConfig { events, blobs, at_once, memory_bytes, .. } = worker.clone();
        let (key, users) = (identities.service_key("renditions"), identities.service_key("users"));
        let credentials = events.credentials.as_ref().map(|seed| seed.expose_secret().to_owned());
        let settings = settings.iter().map(|(name, value)| (format!("RENDITIONS_WORKER__{name}"), *value));
        let child = Command::new(env!("CARGO_BIN_EXE_renditions"))
            .args(["worker", "--kinds", "resize,crop,optimize,portrait"])
            .env("RENDITIONS_WORKER__BASICS__LISTEN", "127.0.0.1:0")
            .env("RENDITIONS_WORKER__BASICS__ADMIN_LISTEN", "127.0.0.1:0")
            .env("RENDITIONS_WORKER__BASICS__IDENTITY__KEY", key.reveal())
            .env("RENDITIONS_WORKER__BASICS__IDENTITY__SERVICES__RENDITIONS", key.public().to_string())
            .env("RENDITIONS_WORKER__BASICS__IDENTITY__SERVICES__USERS", users.public().to_string())
            .env("RENDITIONS_WORKER__EVENTS__URL", events.url.expose_secret())
            .env("RENDITIONS_WORKER__EVENTS__PREFIX", events.prefix)
            .env("RENDITIONS_WORKER__EVENTS__INSECURE", events.insecure.to_string())
            .envs(credentials.map(|seed| ("RENDITIONS_WORKER__EVENTS__CREDENTIALS", seed)))
            .env("RENDITIONS_WORKER__BLOBS__ENDPOINT", blobs.endpoint)
            .env("RENDITIONS_WORKER__BLOBS__BUCKET", blobs.bucket)
            .env("RENDITIONS_WORKER__BLOBS__ACCESS_KEY", blobs.access_key)
            .env("RENDITIONS_WORKER__BLOBS__SECRET_KEY", blobs.secret_key.expose_secret())
            .env("RENDITIONS_WORKER__AT_ONCE", at_once.to_string())
            .env("RENDITIONS_WORKER__MEMORY_BYTES", memory_bytes.to_string())
            .envs(settings)
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the binary runs");
        Self(child)
    }

    /// Kills it as a crash would, and waits until it is gone.
    pub(crate) async fn kill(mut self) {
        self.0.kill().await.expect("it ran");
    }

    /// Whether it has not ended.
    pub(crate) fn runs(&mut self) -> bool {
        self.0.try_wait().expect("it was started").is_none()
    }

    /// The most memory that it ever had, in MiB.
    #[cfg(target_os = "linux")]
    pub(crate) fn peak_mib(&self) -> u64 {
        let status = format!("/proc/{}/status", self.0.id().expect("it runs"));
        let status = std::fs::read_to_string(status).expect("Linux tells");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") / 1024
    }
}
