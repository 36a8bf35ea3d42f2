//! Cleaning up in `drop`, where nothing can be awaited.

use std::future::Future;

/// Runs a future to its end on a thread and a runtime of its own, whatever the caller's runtime is or has become.
pub(crate) fn run<F>(future: F)
where
    F: Future<Output = ()> + Send + 'static,
{
    let cleaner = std::thread::spawn(move || {
        if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
            runtime.block_on(future);
        }
    });
    // A failed clean-up must not hide how the test went.
    let _ = cleaner.join();
}
