//! Work that is done again and again.

use std::{error::Error, time::Duration};

use tokio::{
    sync::Notify,
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;

/// How long work that is under way may go on when the service stops.
const GRACE: Duration = Duration::from_secs(1);

/// Does work every `period`, and when it is woken, until `stop`.
pub(super) async fn keep_doing<F, T>(
    name: &'static str,
    period: Duration,
    wake: &Notify,
    work: impl Fn() -> F,
    stop: CancellationToken,
) where
    F: Future<Output = labelmesh_errors::Result<T>>,
{
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = wake.notified() => {}
            _ = ticks.tick() => {}
        }
        let mut work = std::pin::pin!(work());
        let done = tokio::select! {
            done = &mut work => Some(done),
            () = stop.cancelled() => timeout(GRACE, work).await.ok(),
        };
        if let Some(Err(error)) = done {
            tracing::warn!(work.name = name, error = &error as &dyn Error, "periodic work failed");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::pending,
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering},
        },
    };

    use labelmesh_errors::Error;
    use tokio::{task::JoinHandle, time::sleep};

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    struct Running {
        done: Arc<AtomicU32>,
        wake: Arc<Notify>,
        stop: CancellationToken,
        task: JoinHandle<()>,
    }

    /// Work that fails the first time.
    fn start() -> Running {
        let (done, wake, stop) = (Arc::new(AtomicU32::new(0)), Arc::new(Notify::new()), CancellationToken::new());
        let (counted, woken, stopped) = (done.clone(), wake.clone(), stop.clone());
        let work = move || {
            let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
            async move { if first { Err(Error::internal("as told")) } else { Ok(()) } }
        };
        let task = tokio::spawn(async move { keep_doing("test", MINUTE, &woken, work, stopped).await });
        Running { done, wake, stop, task }
    }

    #[tokio::test(start_paused = true)]
    async fn work_is_done_at_once_in_time_and_when_woken_though_it_fails() {
        let running = start();
        let done = || running.done.load(Ordering::SeqCst);
        sleep(MINUTE / 2).await;
        assert_eq!(done(), 1);
        sleep(MINUTE).await;
        assert_eq!(done(), 2);
        running.wake.notify_one();
        sleep(MINUTE / 60).await;
        assert_eq!(done(), 3);
        running.stop.cancel();
        running.task.await.expect("no panic");
    }

    #[tokio::test(start_paused = true)]
    async fn work_under_way_gets_a_second_when_the_service_stops() {
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        let task = tokio::spawn(async move {
            keep_doing("test", MINUTE, &Notify::new(), pending::<labelmesh_errors::Result<()>>, stopped).await;
        });
        sleep(MINUTE / 60).await;
        stop.cancel();
        timeout(GRACE + GRACE, task).await.expect("in time").expect("no panic");
    }
}
