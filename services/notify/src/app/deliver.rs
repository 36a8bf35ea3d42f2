//! Delivers a mail or a text message that was claimed, and records what became of it.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::{Error, Result};
use metrics::Counter;

use super::{App, deliver_mail::deliver_mail, deliver_text::deliver_text};
use crate::{
    domain::{Medium, Refusal},
    store::deliveries::{self, Claim, End},
};

/// The outcome of a delivery that is tried again.
const PUT_OFF: &str = "put_off";

/// Whether anything can be sent at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    /// As far as this delivery showed.
    Possible,
    /// The server, or the users service, can't be reached: the next one would fare no better.
    Blocked,
}

/// Why something was not sent.
pub(super) enum NotSent {
    /// Nobody is to get it.
    Useless(&'static str),
    Refused(Refusal),
    NoAddress(String),
    NotComposed(askama::Error),
    NotOpened(Error),
}

/// Delivers one. A replica that dies between the server's answer and the database's leaves a delivery that is made
/// again, under the same id.
///
/// # Errors
/// If the outcome can't be recorded; the claim then runs out and it is sent again.
pub(crate) async fn deliver(app: &App, claim: &Claim) -> Result<Sending> {
    let sent = match claim.medium {
        _ if claim.expires_at.is_some_and(|until| until <= app.clock.now()) => {
            Err(NotSent::Useless("it is of no use any more"))
        }
        Medium::Mail => deliver_mail(app, claim).await,
        Medium::Text => deliver_text(app, claim).await,
    };
    match sent {
        Ok(()) => end(app, claim, End::Sent, None).await,
        Err(NotSent::Useless(why)) => end(app, claim, End::Dropped, Some(why)).await,
        // It was sealed with a key that is gone: whoever asked for it can ask again.
        Err(NotSent::NotOpened(error)) => end(app, claim, End::Failed, Some(&error.to_string())).await,
        Err(NotSent::Refused(refusal @ Refusal::ForGood(_))) => {
            end(app, claim, End::Failed, Some(&refusal.to_string())).await
        }
        Err(NotSent::Refused(refusal @ Refusal::ForNow(_))) => put_off(app, claim, &refusal.to_string()).await,
        Err(NotSent::Refused(refusal @ Refusal::NoServer(_))) => hold_back(app, claim, &refusal.to_string()).await,
        Err(NotSent::NotComposed(error)) => end(app, claim, End::Failed, Some(&error.to_string())).await,
        Err(NotSent::NoAddress(why)) => hold_back(app, claim, &why).await,
    }
}

async fn end(app: &App, claim: &Claim, end: End, error: Option<&str>) -> Result<Sending> {
    let ours = deliveries::end(&app.pool, claim, end, error, app.clock.now()).await?;
    if !ours {
        tracing::warn!(delivery.id = %claim.delivery_id, "the claim ran out while it was sent");
    }
    count(claim, end.name());
    tracing::info!(
        delivery.id = %claim.delivery_id,
        delivery.medium = claim.medium.name(),
        delivery.outcome = end.name(),
        error,
        "delivery ended"
    );
    Ok(Sending::Possible)
}

/// Puts a delivery off: it is tried again later, and later each time.
async fn put_off(app: &App, claim: &Claim, why: &str) -> Result<Sending> {
    let now = app.clock.now();
    if is_too_old(app, claim, now) {
        return end(app, claim, End::Failed, Some(why)).await;
    }
    let wait = app.rules(claim.medium).waits.after(claim.failures + 1, app.random.unit());
    let due_at = now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
    deliveries::give_back(&app.pool, claim, due_at, true, why).await?;
    count(claim, PUT_OFF);
    tracing::info!(
        delivery.id = %claim.delivery_id,
        delivery.medium = claim.medium.name(),
        error = why,
        "delivery put off"
    );
    Ok(Sending::Possible)
}

/// Holds a delivery back: it waits with all others until something can be sent again, which counts against none of
/// them.
async fn hold_back(app: &App, claim: &Claim, why: &str) -> Result<Sending> {
    let now = app.clock.now();
    if is_too_old(app, claim, now) {
        return end(app, claim, End::Failed, Some(why)).await;
    }
    deliveries::give_back(&app.pool, claim, now, false, why).await?;
    tracing::warn!(
        delivery.id = %claim.delivery_id,
        delivery.medium = claim.medium.name(),
        error = why,
        "nothing can be sent at present"
    );
    Ok(Sending::Blocked)
}

fn is_too_old(app: &App, claim: &Claim, now: DateTime<Utc>) -> bool {
    now - claim.created_at > app.rules(claim.medium).give_up_after
}

/// Begins to count: an alert sees the first delivery that fails only where there was a zero before it.
pub(crate) fn begin_count(medium: Medium) {
    for outcome in [End::Sent.name(), End::Failed.name(), End::Dropped.name(), PUT_OFF] {
        counted(medium, outcome).increment(0);
    }
}

fn count(claim: &Claim, outcome: &'static str) {
    counted(claim.medium, outcome).increment(1);
}

fn counted(medium: Medium, outcome: &'static str) -> Counter {
    metrics::counter!("notify_deliveries_total", "medium" => medium.name(), "outcome" => outcome)
}
