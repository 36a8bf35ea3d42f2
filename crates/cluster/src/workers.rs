//! The workers of renditions: processes that come and go.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use labelmesh_servers::free_port;
use tokio::{sync::Mutex, time::Instant};

use crate::{Service, environment::WORKER, replica::Replica};

/// What workers make that look at no pages.
const PICTURES: &str = "resize,crop,optimize,portrait";

/// Workers, the one that was added last at the end.
#[derive(Debug, Default)]
pub(crate) struct Workers {
    binary: PathBuf,
    logs: PathBuf,
    environment: Vec<(String, String)>,
    /// How many, the first ones, look at pages as well.
    of_pages: usize,
    running: Mutex<Vec<Replica>>,
}

impl Workers {
    /// None yet.
    pub(crate) fn new(binary: &Path, logs: PathBuf, environment: Vec<(String, String)>, of_pages: usize) -> Self {
        Self { binary: binary.to_owned(), logs, environment, of_pages, running: Mutex::default() }
    }

    /// Starts one more; returns its number.
    pub(crate) async fn add(&self) -> anyhow::Result<usize> {
        let mut running = self.running.lock().await;
        let number = running.len();
        let log = self.logs.join(format!("renditions-worker-{number}.log"));
        // It serves nobody, and tells how it is.
        let addresses = ("127.0.0.1:0".to_owned(), format!("127.0.0.1:{}", free_port().context("no port is free")?));
        let mut environment = self.environment.clone();
        environment.push((format!("{WORKER}__BASICS__LISTEN"), addresses.0.clone()));
        environment.push((format!("{WORKER}__BASICS__ADMIN_LISTEN"), addresses.1.clone()));
        let mut worker = Replica::new(Service::Renditions, &self.binary, log, addresses, environment);
        let kinds = ["worker", "--kinds", PICTURES];
        worker = worker.started_with(if number < self.of_pages { &kinds[..1] } else { &kinds });
        worker.start()?;
        running.push(worker);
        Ok(number)
    }

    /// Waits until all of them are ready.
    pub(crate) async fn ready(&self, deadline: Instant) -> anyhow::Result<()> {
        for worker in self.running.lock().await.iter() {
            worker.ready(deadline).await?;
        }
        Ok(())
    }

    /// Lets the last one stop, and waits until it has; false if it had to be killed, or there is none.
    pub(crate) async fn remove(&self) -> bool {
        let Some(mut worker) = self.running.lock().await.pop() else { return false };
        worker.terminate();
        worker.gone().await
    }

    /// Kills one as a crash would.
    pub(crate) async fn kill(&self, number: usize) {
        if let Some(worker) = self.running.lock().await.get(number) {
            worker.kill().await;
        }
    }

    /// Where they tell how they are.
    pub(crate) async fn addresses(&self) -> Vec<String> {
        self.running.lock().await.iter().map(|worker| worker.admin_address.clone()).collect()
    }

    /// Starts those again that have ended without having been asked to; says which and how.
    pub(crate) async fn revive(&self) -> Vec<String> {
        let mut running = self.running.lock().await;
        let revived = running.iter_mut().map(Replica::revive);
        revived.filter_map(|revived| revived.unwrap_or_else(|error| Some(format!("{error:#}")))).collect()
    }

    /// Stops all; returns those that had to be killed.
    pub(crate) async fn stop(&self) -> Vec<String> {
        let mut running = std::mem::take(&mut *self.running.lock().await);
        running.iter().for_each(Replica::terminate);
        let mut stubborn = Vec::new();
        for (number, worker) in running.iter_mut().enumerate() {
            if !worker.gone().await {
                stubborn.push(format!("worker {number}"));
            }
        }
        stubborn
    }
}
