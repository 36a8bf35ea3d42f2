//! Servers inside this process, on threads of their own.
//!
//! They are independent of whichever runtime a test brings and takes away, and when one has been stopped its port is
//! free again.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::LocalSet;

use crate::Error;

/// How long file operations that are under way may keep a stopped server.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// A running server. Dropping it stops the server at once, with its connections as they are.
#[derive(Debug)]
pub(crate) struct Hosted {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Hosted {
    /// Runs what `serve` makes, for ever, on a runtime of its own; `spawn_local` works in it.
    pub(crate) fn start<S, F>(name: &str, serve: S) -> Result<Self, Error>
    where
        S: FnOnce() -> F + Send + 'static,
        F: Future<Output = ()>,
    {
        let failed = || Error::io("could not start threads for", Path::new(name));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name(name)
            .enable_all()
            .build()
            .map_err(failed())?;
        let (stop, stopped) = oneshot::channel::<()>();
        let run = move || {
            runtime.block_on(async {
                let tasks = LocalSet::new();
                tokio::select! {
                    () = tasks.run_until(async move { serve().await }) => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_timeout(STOP_WITHIN);
        };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run).map_err(failed())?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Hosted {
    fn drop(&mut self) {
        // Dropping the sender is the signal.
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A panic in there was printed when it happened.
            let _ = thread.join();
        }
    }
}

/// Listens at an address, ready to be taken over by a runtime. From here on whoever connects is served.
pub(crate) fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address)
        .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
        .map_err(Error::io("could not listen on", Path::new(&address.to_string())))
}

/// Takes a listener over into the current runtime.
pub(crate) fn adopt(listener: TcpListener) -> tokio::net::TcpListener {
    tokio::net::TcpListener::from_std(listener).expect("the listener does not block, and we are in a runtime")
}
