//! A service that runs.

use std::net::SocketAddr;

use anyhow::{Result, anyhow};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A service that runs. Dropping it lets the service stop by itself.
#[derive(Debug)]
pub struct Handle {
    pub(super) grpc_addr: SocketAddr,
    pub(super) admin_addr: SocketAddr,
    pub(super) shutdown: CancellationToken,
    pub(super) running: Option<JoinHandle<Result<()>>>,
}

impl Handle {
    /// Where calls are taken.
    #[must_use]
    pub fn grpc_addr(&self) -> SocketAddr {
        self.grpc_addr
    }

    /// Where the admin port is.
    #[must_use]
    pub fn admin_addr(&self) -> SocketAddr {
        self.admin_addr
    }

    /// Stops the service and waits for its end, which comes within what is configured and a few seconds.
    ///
    /// # Errors
    /// Fails where a background task ended before it was told to.
    pub async fn shutdown(mut self) -> Result<()> {
        self.shutdown.cancel();
        self.ended().await
    }

    /// Waits until the service has ended, of whatever cause.
    ///
    /// # Errors
    /// Fails where a background task ended before it was told to.
    pub async fn wait(&mut self) -> Result<()> {
        self.ended().await
    }

    async fn ended(&mut self) -> Result<()> {
        let Some(running) = &mut self.running else { return Ok(()) };
        let ended = running.await;
        self.running = None;
        ended.unwrap_or_else(|error| Err(anyhow!(error)))
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}
