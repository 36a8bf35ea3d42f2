//! Whether a service can do its work at present.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::{
    FutureExt as _,
    future::{BoxFuture, join_all},
};
use tokio::{
    sync::watch,
    time::{MissedTickBehavior, interval, timeout},
};
use tokio_util::sync::CancellationToken;

/// How often the checks are made.
const EVERY: Duration = Duration::from_secs(1);
/// A check that takes longer has failed.
const LONGEST: Duration = Duration::from_secs(2);

type Check = Arc<dyn Fn() -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync>;

/// What is wrong, by the name of the check; empty where the service is ready.
pub(crate) type Faults = BTreeMap<&'static str, String>;

/// The checks of a service.
#[derive(Clone)]
pub(crate) struct Readiness {
    checks: Vec<(&'static str, Check)>,
    faults: watch::Sender<Faults>,
}

impl Readiness {
    /// Not ready until the checks were made once.
    pub(crate) fn new() -> Self {
        let starting = Faults::from([("start", "the checks have not been made yet".to_owned())]);
        Self { checks: Vec::new(), faults: watch::Sender::new(starting) }
    }

    pub(crate) fn add<F>(&mut self, name: &'static str, check: impl Fn() -> F + Send + Sync + 'static)
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.checks.push((name, Arc::new(move || check().boxed())));
    }

    /// What is wrong, as it changes.
    pub(crate) fn watch(&self) -> watch::Receiver<Faults> {
        self.faults.subscribe()
    }

    /// Makes the checks again and again until the service stops, from when on it is not ready.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = stop.cancelled() => break,
            }
            let faults = self.faults_now().await;
            self.faults.send_if_modified(|known| {
                let changed = *known != faults;
                if changed {
                    report(&faults);
                    *known = faults;
                }
                changed
            });
        }
        self.faults.send_replace(Faults::from([("drain", "the service is stopping".to_owned())]));
    }

    async fn faults_now(&self) -> Faults {
        let checks = self.checks.iter().map(|(name, check)| async move {
            let fault = match timeout(LONGEST, check()).await {
                Ok(Ok(())) => return None,
                Ok(Err(error)) => format!("{error:#}"),
                Err(_) => format!("no answer within {LONGEST:?}"),
            };
            Some((*name, fault))
        });
        join_all(checks).await.into_iter().flatten().collect()
    }
}

fn report(faults: &Faults) {
    if faults.is_empty() {
        tracing::info!("ready");
    }
    for (check, fault) in faults {
        tracing::warn!(check, fault, "not ready");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_service_is_ready_while_every_check_passes_and_until_it_stops() {
        let (mut readiness, well, stop) =
            (Readiness::new(), Arc::new(AtomicBool::new(false)), CancellationToken::new());
        let asked = well.clone();
        readiness.add("database", move || {
            let well = asked.load(Ordering::SeqCst);
            async move { if well { Ok(()) } else { anyhow::bail!("it is down") } }
        });
        let mut faults = readiness.watch();
        assert!(faults.borrow().contains_key("start"));
        let running = tokio::spawn(readiness.run(stop.clone()));
        faults
            .wait_for(|faults| faults.get("database").is_some_and(|fault| fault == "it is down"))
            .await
            .expect("told");
        well.store(true, Ordering::SeqCst);
        faults.wait_for(Faults::is_empty).await.expect("told");
        stop.cancel();
        faults.wait_for(|faults| faults.contains_key("drain")).await.expect("told");
        running.await.expect("no panic");
    }

    #[tokio::test(start_paused = true)]
    async fn a_check_without_an_answer_has_failed() {
        let mut readiness = Readiness::new();
        readiness.add("broker", std::future::pending);
        let mut faults = readiness.watch();
        tokio::spawn(readiness.run(CancellationToken::new()));
        let waited = faults.wait_for(|faults| faults.get("broker").is_some_and(|fault| fault.contains("2s")));
        waited.await.expect("told");
    }
}
