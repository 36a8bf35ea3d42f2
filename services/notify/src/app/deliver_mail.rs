//! Sends a mail that was claimed, and writes down what became of it.

use chrono::{DateTime, TimeDelta, Utc};
use labelmesh_clock::{Clock, Random};
use labelmesh_errors::Result;
use sqlx::PgPool;

use crate::{
    contacts::{Contacts, Lookup},
    domain::{backoff::Backoff, mail::Mail},
    smtp::{Refusal, Sender},
    store::deliveries::{self, Claim, End},
};

/// Sends mails.
pub(crate) struct Postman {
    pub(crate) pool: PgPool,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) contacts: Contacts,
    pub(crate) sender: Sender,
    /// The waits of a mail that is put off.
    pub(crate) backoff: Backoff,
    pub(crate) give_up_after: TimeDelta,
}

/// Whether mails can be sent at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weather {
    /// As far as this mail showed.
    Fine,
    /// The mail server or the users service can't be reached: the next mail would fare no better.
    Foul,
}

/// Why a mail was not sent.
enum Trouble {
    Gone,
    Refused(Refusal),
    NoAddress(String),
}

impl Postman {
    /// Sends one mail. Between the mail server's answer and the database's there is no bridge: whoever dies there
    /// leaves a mail that is sent again, with the same Message-ID.
    ///
    /// # Errors
    /// If the outcome can't be written down; the claim then runs out and the mail is sent again.
    pub(crate) async fn deliver(&self, claim: &Claim) -> Result<Weather> {
        match self.attempt(claim).await {
            Ok(()) => self.end(claim, End::Sent, None).await,
            Err(Trouble::Gone) => self.end(claim, End::Dropped, Some("the user no longer exists")).await,
            Err(Trouble::Refused(refusal @ Refusal::ForGood(_))) => {
                self.end(claim, End::Failed, Some(&refusal.to_string())).await
            }
            Err(Trouble::Refused(refusal @ Refusal::ForNow(_))) => self.put_off(claim, &refusal.to_string()).await,
            Err(Trouble::Refused(refusal @ Refusal::NoServer(_))) => self.shelter(claim, &refusal.to_string()).await,
            Err(Trouble::NoAddress(why)) => self.shelter(claim, &why).await,
        }
    }

    async fn attempt(&self, claim: &Claim) -> Result<(), Trouble> {
        let contact = match self.contacts.of(claim.user_id).await {
            Lookup::Found(contact) => contact,
            Lookup::Gone => return Err(Trouble::Gone),
            Lookup::Unavailable(why) => return Err(Trouble::NoAddress(why)),
        };
        let mail = Mail::compose(claim.delivery_id, contact, claim.subject.clone(), &claim.body);
        self.sender.send(&mail).await.map_err(Trouble::Refused)
    }

    async fn end(&self, claim: &Claim, end: End, error: Option<&str>) -> Result<Weather> {
        let ours = deliveries::settle(&self.pool, claim, end, error, self.clock.now()).await?;
        if !ours {
            tracing::warn!(delivery.id = %claim.delivery_id, "the claim ran out while the mail was sent");
        }
        metrics::counter!("notify_deliveries_total", "outcome" => end.name()).increment(1);
        tracing::info!(delivery.id = %claim.delivery_id, delivery.outcome = end.name(), error, "delivery ended");
        Ok(Weather::Fine)
    }

    /// This mail is tried again later, and later each time.
    async fn put_off(&self, claim: &Claim, why: &str) -> Result<Weather> {
        let now = self.clock.now();
        if self.is_too_old(claim, now) {
            return self.end(claim, End::Failed, Some(why)).await;
        }
        let wait = self.backoff.after(claim.failures + 1, self.random.unit());
        let due_at = now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
        deliveries::give_back(&self.pool, claim, due_at, true, why).await?;
        metrics::counter!("notify_deliveries_total", "outcome" => "put_off").increment(1);
        tracing::info!(delivery.id = %claim.delivery_id, error = why, "mail put off");
        Ok(Weather::Fine)
    }

    /// The mail waits with all others until mails can be sent again; it counts against none of them.
    async fn shelter(&self, claim: &Claim, why: &str) -> Result<Weather> {
        let now = self.clock.now();
        if self.is_too_old(claim, now) {
            return self.end(claim, End::Failed, Some(why)).await;
        }
        deliveries::give_back(&self.pool, claim, now, false, why).await?;
        tracing::warn!(delivery.id = %claim.delivery_id, error = why, "no mail can be sent at present");
        Ok(Weather::Foul)
    }

    fn is_too_old(&self, claim: &Claim, now: DateTime<Utc>) -> bool {
        now - claim.created_at > self.give_up_after
    }
}
