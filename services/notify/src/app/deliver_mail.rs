//! Sends a mail that was claimed, and records what became of it.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_errors::Result;

use super::App;
use crate::{
    domain::Mail,
    smtp::Refusal,
    store::deliveries::{self, Claim, End},
    users::Lookup,
};

/// Whether mails can be sent at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    /// As far as this mail showed.
    Possible,
    /// The mail server or the users service can't be reached: the next mail would fare no better.
    Blocked,
}

/// Why a mail was not sent.
enum NotSent {
    UserGone,
    Refused(Refusal),
    NoAddress(String),
}

/// Sends one mail. A replica that dies between the mail server's answer and the database's leaves a mail that is sent
/// again, with the same Message-ID.
///
/// # Errors
/// If the outcome can't be recorded; the claim then runs out and the mail is sent again.
pub(crate) async fn deliver_mail(app: &App, claim: &Claim) -> Result<Sending> {
    match attempt(app, claim).await {
        Ok(()) => end(app, claim, End::Sent, None).await,
        Err(NotSent::UserGone) => end(app, claim, End::Dropped, Some("the user no longer exists")).await,
        Err(NotSent::Refused(refusal @ Refusal::ForGood(_))) => {
            end(app, claim, End::Failed, Some(&refusal.to_string())).await
        }
        Err(NotSent::Refused(refusal @ Refusal::ForNow(_))) => put_off(app, claim, &refusal.to_string()).await,
        Err(NotSent::Refused(refusal @ Refusal::NoServer(_))) => hold_back(app, claim, &refusal.to_string()).await,
        Err(NotSent::NoAddress(why)) => hold_back(app, claim, &why).await,
    }
}

async fn attempt(app: &App, claim: &Claim) -> Result<(), NotSent> {
    let contact = match app.users.contact(claim.user_id).await {
        Lookup::Found(contact) => contact,
        Lookup::Gone => return Err(NotSent::UserGone),
        Lookup::Unavailable(why) => return Err(NotSent::NoAddress(why)),
    };
    let mail = Mail::compose(claim.delivery_id, contact, claim.subject.clone(), &claim.body);
    app.sender.send(&mail).await.map_err(NotSent::Refused)
}

async fn end(app: &App, claim: &Claim, end: End, error: Option<&str>) -> Result<Sending> {
    let ours = deliveries::end(&app.pool, claim, end, error, app.clock.now()).await?;
    if !ours {
        tracing::warn!(delivery.id = %claim.delivery_id, "the claim ran out while the mail was sent");
    }
    metrics::counter!("notify_deliveries_total", "outcome" => end.name()).increment(1);
    tracing::info!(delivery.id = %claim.delivery_id, delivery.outcome = end.name(), error, "delivery ended");
    Ok(Sending::Possible)
}

/// Puts a mail off: it is tried again later, and later each time.
async fn put_off(app: &App, claim: &Claim, why: &str) -> Result<Sending> {
    let now = app.clock.now();
    if is_too_old(app, claim, now) {
        return end(app, claim, End::Failed, Some(why)).await;
    }
    let wait = app.rules.waits.after(claim.failures + 1, app.random.unit());
    let due_at = now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
    deliveries::give_back(&app.pool, claim, due_at, true, why).await?;
    metrics::counter!("notify_deliveries_total", "outcome" => "put_off").increment(1);
    tracing::info!(delivery.id = %claim.delivery_id, error = why, "mail put off");
    Ok(Sending::Possible)
}

/// Holds a mail back: it waits with all others until mails can be sent again, which counts against none of them.
async fn hold_back(app: &App, claim: &Claim, why: &str) -> Result<Sending> {
    let now = app.clock.now();
    if is_too_old(app, claim, now) {
        return end(app, claim, End::Failed, Some(why)).await;
    }
    deliveries::give_back(&app.pool, claim, now, false, why).await?;
    tracing::warn!(delivery.id = %claim.delivery_id, error = why, "no mail can be sent at present");
    Ok(Sending::Blocked)
}

fn is_too_old(app: &App, claim: &Claim, now: DateTime<Utc>) -> bool {
    now - claim.created_at > app.rules.give_up_after
}
