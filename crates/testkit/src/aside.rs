//! Cleaning up in `drop`, where nothing can be awaited.

use std::{future::Future, sync::mpsc, time::Duration};

/// How long a drop waits for its clean-up. Dropping a database waits for every process of the server, also for one that
/// is in the middle of a handshake with the very thread that waits here: without a bound they would wait for each other
/// until the server gives up authenticating, a minute later. The clean-up itself goes on.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Runs a future to its end on a thread and a runtime of its own, whatever the caller's runtime is or has become.
pub(crate) fn run<F>(future: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let (done, wait) = mpsc::channel();
    std::thread::spawn(move || {
        if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
            runtime.block_on(future);
        }
        // Nobody may be waiting any more.
        let _ = done.send(());
    });
    // A failed clean-up must not hide how the test went.
    let _ = wait.recv_timeout(LONGEST_WAIT);
}
