//! Takes what is due from the table and has it sent, in every replica.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::{
    app::deliver_mail::{Postman, Weather},
    domain::backoff::Backoff,
    store::deliveries,
};

/// The first pause while no mail can be sent.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Sends what is due.
pub(crate) struct Worker {
    pub(crate) postman: Arc<Postman>,
    /// How many mails at once.
    pub(crate) concurrency: usize,
    pub(crate) claim: TimeDelta,
    pub(crate) sweep: Duration,
    pub(crate) longest_pause: Duration,
    /// Rung when there is something new.
    pub(crate) bell: Arc<Notify>,
}

impl Worker {
    /// Works until `stop`; what is under way then is finished.
    ///
    /// While mails can't be sent at all, one is tried from time to time; the rest stay in the table and lose nothing.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut under_way = JoinSet::new();
        let mut troubles = 0;
        while !stop.is_cancelled() {
            if troubles > 0 && !self.wait_for_better(&mut under_way, &mut troubles, &stop).await {
                break;
            }
            let room = if troubles > 0 { 1 } else { self.concurrency.saturating_sub(under_way.len()) };
            match self.start(&mut under_way, room).await {
                // Nothing is due: whether it could be sent will show when something is.
                Ok(0) => troubles = 0,
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(error = %error, "could not look for due mails");
                    troubles += 1;
                }
            }
            if troubles == 0 {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = self.bell.notified() => {}
                    () = tokio::time::sleep(self.sweep) => {}
                    Some(done) = under_way.join_next() => count(&mut troubles, done.ok()),
                }
            }
        }
        while let Some(done) = under_way.join_next().await {
            count(&mut troubles, done.ok());
        }
    }

    /// Lets everything under way end and pauses; false if it is time to stop.
    async fn wait_for_better(
        &self,
        under_way: &mut JoinSet<Weather>,
        troubles: &mut u32,
        stop: &CancellationToken,
    ) -> bool {
        let before = *troubles;
        let mut shone = false;
        while let Some(done) = under_way.join_next().await {
            shone |= matches!(done, Ok(Weather::Fine));
            count(troubles, done.ok());
        }
        if shone {
            *troubles = 0;
            return true;
        }
        // However many failed together, it is one trouble more.
        *troubles = (*troubles).min(before + 1);
        let backoff = Backoff { first: FIRST_PAUSE, longest: self.longest_pause };
        let pause = backoff.after(*troubles, self.postman.random.unit());
        tokio::select! {
            () = stop.cancelled() => false,
            () = tokio::time::sleep(pause) => true,
        }
    }

    /// Claims and starts up to `room` mails; returns how many.
    async fn start(&self, under_way: &mut JoinSet<Weather>, room: usize) -> labelmesh_errors::Result<usize> {
        if room == 0 {
            return Ok(0);
        }
        let now = self.postman.clock.now();
        let limit = i64::try_from(room).unwrap_or(i64::MAX);
        let claims = deliveries::claim(&self.postman.pool, now, now + self.claim, limit).await?;
        let started = claims.len();
        for claim in claims {
            let postman = Arc::clone(&self.postman);
            let span = tracing::info_span!("deliver mail", delivery.id = %claim.delivery_id);
            claim.trace.goes_on_in(&span);
            let deliver = async move {
                postman.deliver(&claim).await.unwrap_or_else(|error| {
                    tracing::warn!(error = %error, "could not write down what became of a mail");
                    Weather::Foul
                })
            };
            under_way.spawn(deliver.instrument(span));
        }
        Ok(started)
    }
}

/// One trouble more, or the end of all. A mail whose sending panicked says nothing about the weather.
fn count(troubles: &mut u32, weather: Option<Weather>) {
    match weather {
        Some(Weather::Fine) => *troubles = 0,
        Some(Weather::Foul) => *troubles += 1,
        None => {}
    }
}
