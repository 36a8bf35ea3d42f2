//! Sends the mails that are due, or the text messages, in every replica.

use labelmesh_errors::Result;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::{App, Sending, begin_count, deliver};
use crate::{
    domain::{DeliveryRules, Medium},
    store::deliveries,
};

/// Sends by one medium until `stop`; what is under way then is finished.
///
/// While nothing can be sent, one delivery is tried from time to time; the rest stay in the table and lose nothing.
pub(crate) async fn keep_sending(app: App, medium: Medium, stop: CancellationToken) {
    let rules = *app.rules(medium);
    let woken = app.worker(medium).clone();
    begin_count(medium);
    let mut worker = Worker { app, medium, rules, under_way: JoinSet::new(), failures: 0 };
    while !stop.is_cancelled() {
        if worker.failures > 0 && !worker.pause(&stop).await {
            break;
        }
        worker.start_what_is_due().await;
        if worker.failures == 0 {
            tokio::select! {
                () = stop.cancelled() => {}
                () = woken.notified() => {}
                () = tokio::time::sleep(rules.sweep) => {}
                Some(done) = worker.under_way.join_next() => count(&mut worker.failures, done.ok()),
            }
        }
    }
    worker.finish().await;
}

/// What is known of what this replica sends.
struct Worker {
    app: App,
    medium: Medium,
    rules: DeliveryRules,
    under_way: JoinSet<Sending>,
    /// How often in a row it showed that nothing can be sent.
    failures: u32,
}

impl Worker {
    /// Claims and starts as many deliveries as may be under way, or one to try while nothing can be sent.
    async fn start_what_is_due(&mut self) {
        let free = self.rules.concurrency.saturating_sub(self.under_way.len());
        let room = if self.failures > 0 { 1 } else { free };
        match self.start(room).await {
            // Nothing is due: whether it could be sent will show when something is.
            Ok(0) => self.failures = 0,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = %error, "could not look for due deliveries");
                self.failures += 1;
            }
        }
    }

    /// Claims and starts up to `room` deliveries; returns how many.
    async fn start(&mut self, room: usize) -> Result<usize> {
        if room == 0 {
            return Ok(0);
        }
        let now = self.app.clock.now();
        let limit = i64::try_from(room).unwrap_or(i64::MAX);
        let claims = deliveries::claim(&self.app.pool, self.medium, now, now + self.rules.claim, limit).await?;
        let started = claims.len();
        for claim in claims {
            let app = self.app.clone();
            let span = tracing::info_span!(
                "deliver",
                otel.name = format!("deliver {}", self.medium.name()),
                delivery.id = %claim.delivery_id,
                delivery.medium = self.medium.name(),
            );
            claim.trace.goes_on_in(&span);
            let deliver = async move {
                deliver(&app, &claim).await.unwrap_or_else(|error| {
                    tracing::warn!(error = %error, "could not record what became of a delivery");
                    Sending::Blocked
                })
            };
            self.under_way.spawn(deliver.instrument(span));
        }
        Ok(started)
    }

    /// Lets everything under way end and pauses, unless something was sent meanwhile; false if it is time to stop.
    async fn pause(&mut self, stop: &CancellationToken) -> bool {
        let before = self.failures;
        if self.finish().await {
            self.failures = 0;
            return true;
        }
        // However many failed together, it is one failure more.
        self.failures = self.failures.min(before + 1);
        let pause = self.rules.pauses.after(self.failures, self.app.random.unit());
        tokio::select! {
            () = stop.cancelled() => false,
            () = tokio::time::sleep(pause) => true,
        }
    }

    /// Waits for the end of everything under way; says whether any of it showed that something can be sent.
    async fn finish(&mut self) -> bool {
        let mut possible = false;
        while let Some(done) = self.under_way.join_next().await {
            possible |= matches!(done, Ok(Sending::Possible));
            count(&mut self.failures, done.ok());
        }
        possible
    }
}

/// One failure more, or the end of all. One whose sending panicked says nothing about the others.
fn count(failures: &mut u32, sending: Option<Sending>) {
    match sending {
        Some(Sending::Possible) => *failures = 0,
        Some(Sending::Blocked) => *failures += 1,
        None => {}
    }
}
