//! Rates: how often a caller may call each method, as the contract says, counted over all replicas of the gateway.

use std::{sync::Arc, time::Duration};

use futures::StreamExt as _;
use http::{HeaderMap, HeaderValue};
use labelmesh_clock::{Clock, Random};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_events::Bus;
use labelmesh_proto::method::{Method, Rate};
use labelmesh_rates::{Key, Quota, Rates, Taken};
use labelmesh_service::CancellationToken;
use tokio::time::{MissedTickBehavior, interval};

use crate::{config::Limits, places::Seat};

/// How often replicas tell each other what they let through.
const TELL_EVERY: Duration = Duration::from_millis(200);
/// What they tell it under.
const NEWS: &str = "gateway.rates";

/// What callers have used of the contract's rates.
pub(crate) struct MethodRates {
    rates: Rates,
    factor: u32,
}

impl MethodRates {
    pub(crate) fn new(limits: &Limits, clock: Clock, random: &Random) -> Self {
        Self { rates: Rates::new(limits.rates_remembered, clock, random), factor: limits.rate_factor }
    }

    /// Takes one call of a user's rate, or of that of the strangers in a network where there is no user; none where
    /// that network has no bound of its own.
    ///
    /// # Errors
    /// RATE_LIMITED, with when to come back.
    pub(crate) fn take(&self, method: &'static Method, user_id: Option<&str>, seat: &Seat) -> Result<()> {
        let network = || Some((method.rate_per_network?, seat.network()?.to_string()));
        let user = || Some((method.rate?, user_id?.to_owned()));
        let Some((rate, whom)) = user().or_else(network) else { return Ok(()) };
        let taken = self.rates.take(Key::of(method.path, &whom), self.quota(rate));
        seat.note(method, taken);
        match taken.refused_for {
            Some(wait) => Err(Error::new(Reason::RateLimited, "called too often").retry_after(wait)),
            None => Ok(()),
        }
    }

    fn quota(&self, rate: Rate) -> Quota {
        Quota::new(rate.per_minute.saturating_mul(self.factor), rate.burst.saturating_mul(self.factor))
    }
}

/// Tells the other replicas what this one lets through, and hears what they do, until `stop`. It goes through the
/// broker and may be lost: then each counts for itself.
pub(crate) async fn share(rates: Arc<MethodRates>, bus: Bus, stop: CancellationToken) {
    let mut news = std::pin::pin!(bus.hints(NEWS).await);
    let mut ticks = interval(TELL_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            Some(message) = news.next() => rates.rates.hear(&message),
            _ = ticks.tick() => if let Some(message) = rates.rates.unshared() {
                bus.hint(NEWS, message).await;
            },
        }
    }
}

/// Tells a caller what is left of its rate (draft-ietf-httpapi-ratelimit-headers): the quota is what may come at once,
/// and the window the time in which that comes back.
pub(crate) fn tell(method: &Method, taken: Taken, headers: &mut HeaderMap) {
    let name = method.name();
    let (quota, window) = (taken.quota.burst(), seconds(taken.quota.window()));
    let (left, whole) = (taken.remaining, seconds(taken.whole_after));
    let policy = HeaderValue::try_from(format!("\"{name}\";q={quota};w={window}"));
    let present = HeaderValue::try_from(format!("\"{name}\";r={left};t={whole}"));
    let (Ok(policy), Ok(present)) = (policy, present) else { return };
    headers.insert("ratelimit-policy", policy);
    headers.insert("ratelimit", present);
}

/// Whole seconds; too late is better than too early.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
