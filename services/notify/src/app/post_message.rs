//! Posts a message that was claimed to its webhook, and records what became of it.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use labelmesh_errors::{Error, Result};
use labelmesh_events::Trace;
use labelmesh_outbound::{Answer, Fault};
use labelmesh_pg::run_tx;
use sqlx::PgConnection;
use tokio::time::Instant;

use super::{App, record_notices::record, webhooks::secrets};
use crate::{
    domain::{Notice, WebhookPaused, WebhookState, signatures},
    events::published,
    store::{
        attempts::{self, Attempt},
        postings::{self, Next, Posting},
        webhooks,
    },
};

/// How much of an answer is kept, in bytes.
const ANSWER: usize = 256;
/// The longest rest that an endpoint may ask for.
const LONGEST_ASKED: TimeDelta = TimeDelta::hours(1);

/// What an attempt came to.
struct Outcome {
    attempt: Attempt,
    verdict: Verdict,
}

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Taken,
    /// The endpoint is gone for good.
    Gone,
    /// It did not take this message, and may take others.
    Refused,
    /// It takes nothing at present; it may have said for how long.
    Ill(Option<TimeDelta>),
}

/// Posts one message. A replica that dies between the endpoint's answer and the database's leaves a message that is
/// posted again, with the same webhook-id.
///
/// # Errors
/// If the outcome can't be recorded; the claim then runs out and the message is posted again.
pub(crate) async fn post_message(app: &App, posting: &Posting) -> Result<()> {
    let started_at = app.clock.now();
    let headers = match headers(app, posting, started_at) {
        Ok(headers) => headers,
        Err(error) => {
            // Ours to mend: it counts against nobody.
            tracing::error!(error = %error, "a message can't be signed");
            let later = started_at + TimeDelta::from_std(app.posting_rules.rests.longest).unwrap_or(TimeDelta::MAX);
            return postings::give_back(&app.pool, posting, later).await;
        }
    };
    let clock = Instant::now();
    let body = Bytes::from(posting.payload.clone());
    let answer = app.outbound.post(&posting.target.url, headers, body, ANSWER).await;
    let outcome = judge(answer, started_at, clock.elapsed());
    let name = match outcome.verdict {
        Verdict::Taken => "delivered",
        Verdict::Gone => "gone",
        Verdict::Refused | Verdict::Ill(_) => "put_off",
    };
    metrics::counter!("notify_webhook_attempts_total", "outcome" => name).increment(1);
    tracing::info!(
        attempt.outcome = name,
        attempt.status = outcome.attempt.status,
        error = outcome.attempt.error.as_deref(),
        "message posted"
    );
    record_outcome(app, posting, &outcome).await
}

/// The headers of Standard Webhooks.
fn headers(app: &App, posting: &Posting, now: DateTime<Utc>) -> Result<HeaderMap> {
    let signed = signatures(&secrets(app, &posting.target)?, posting.delivery_id, now, &posting.payload);
    let value = |text: String| HeaderValue::try_from(text).map_err(Error::internal);
    Ok(HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (HeaderName::from_static("webhook-id"), value(posting.delivery_id.to_string())?),
        (HeaderName::from_static("webhook-timestamp"), value(now.timestamp().to_string())?),
        (HeaderName::from_static("webhook-signature"), value(signed)?),
    ]))
}

fn judge(answer: Result<Answer, Fault>, started_at: DateTime<Utc>, took: Duration) -> Outcome {
    let duration_ms = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
    let attempt = Attempt { started_at, duration_ms, status: None, error: None, answer: String::new() };
    match answer {
        Err(fault) => {
            Outcome { attempt: Attempt { error: Some(fault.to_string()), ..attempt }, verdict: Verdict::Ill(None) }
        }
        Ok(answer) => {
            let verdict = verdict(answer.status, &answer.headers, started_at);
            let error = (verdict != Verdict::Taken).then(|| "the status of the answer is not 2xx".to_owned());
            let status = Some(answer.status.as_u16());
            Outcome { attempt: Attempt { status, error, answer: legible(&answer.body), ..attempt }, verdict }
        }
    }
}

fn verdict(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Verdict {
    match status {
        status if status.is_success() => Verdict::Taken,
        StatusCode::GONE => Verdict::Gone,
        StatusCode::TOO_MANY_REQUESTS => Verdict::Ill(retry_after(headers, now)),
        status if status.is_server_error() => Verdict::Ill(retry_after(headers, now)),
        _ => Verdict::Refused,
    }
}

/// How long the endpoint asks to be let alone: seconds or a date (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<TimeDelta> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let asked = match value.parse::<u32>() {
        Ok(seconds) => TimeDelta::seconds(seconds.into()),
        Err(_) => DateTime::parse_from_rfc2822(value).ok()?.to_utc() - now,
    };
    Some(asked.clamp(TimeDelta::zero(), LONGEST_ASKED))
}

/// The beginning of an answer as text that a database and a terminal can bear.
fn legible(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

async fn record_outcome(app: &App, posting: &Posting, outcome: &Outcome) -> Result<()> {
    let now = app.clock.now();
    let stopped = run_tx(&app.pool, "record_outcome", |tx| {
        Box::pin(async move {
            let stopped = match outcome.verdict {
                Verdict::Taken => taken(tx, posting, now).await?,
                Verdict::Gone => stop(app, tx, posting, WebhookState::Disabled, now).await?,
                Verdict::Refused => not_taken(app, tx, posting, None, now).await?,
                Verdict::Ill(asked) => {
                    let rest = app.posting_rules.rests.after(posting.target.failures + 1, app.random.unit());
                    let rest = TimeDelta::from_std(rest).unwrap_or(TimeDelta::MAX);
                    let until = now + asked.map_or(rest, |asked| asked.max(rest));
                    not_taken(app, tx, posting, Some(until), now).await?
                }
            };
            attempts::insert(tx, posting, &outcome.attempt).await?;
            Ok(stopped)
        })
    });
    if stopped.await? {
        // Its owner is told.
        app.sending.notify_one();
        published::hint_of_deliveries(&app.bus).await;
        published::hint_of_lists(&app.bus, vec![posting.target.owner_id]).await;
    }
    Ok(())
}

async fn taken(db: &mut PgConnection, posting: &Posting, now: DateTime<Utc>) -> Result<bool> {
    let webhook_id = posting.target.webhook_id;
    if posting.target.failing {
        webhooks::recover(db, webhook_id, now).await?;
        postings::hasten(db, webhook_id, now).await?;
    }
    settle(db, posting, Next::Delivered).await?;
    Ok(false)
}

/// Puts a message off, or fails it when it was tried for long enough; says whether the webhook was paused for it.
async fn not_taken(
    app: &App,
    db: &mut PgConnection,
    posting: &Posting,
    rests_until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let rules = &app.posting_rules;
    let since = webhooks::fail(db, posting.target.webhook_id, rests_until, now).await?;
    if since.is_some_and(|since| now - since >= rules.give_up_after) {
        return stop(app, db, posting, WebhookState::Paused, now).await;
    }
    let wait = rules.waits.after(posting.failures + 1, app.random.unit());
    let again = now + TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX);
    let given_up = since.is_none() || now - posting.wanted_at >= rules.give_up_after;
    settle(db, posting, if given_up { Next::Failed } else { Next::Again(again) }).await?;
    Ok(false)
}

/// Tells a webhook nothing more, and its owner so; what was on its way has failed.
async fn stop(
    app: &App,
    db: &mut PgConnection,
    posting: &Posting,
    state: WebhookState,
    now: DateTime<Utc>,
) -> Result<bool> {
    let target = &posting.target;
    // It may have been disabled meanwhile, or another message found out first.
    if webhooks::fail(db, target.webhook_id, None, now).await?.is_none() {
        settle(db, posting, Next::Failed).await?;
        return Ok(false);
    }
    webhooks::stop(db, target.webhook_id, state).await?;
    settle(db, posting, Next::Failed).await?;
    postings::fail_all(db, target.webhook_id).await?;
    let notice = Notice::WebhookPaused(WebhookPaused {
        webhook_id: target.webhook_id,
        owner_id: target.owner_id,
        url: target.url.clone(),
        gone: state == WebhookState::Disabled,
        at: now,
    });
    tracing::warn!(webhook.id = %target.webhook_id, webhook.state = state.name(), "a webhook is told nothing more");
    record(app, db, &notice, &Trace::current()).await
}

async fn settle(db: &mut PgConnection, posting: &Posting, next: Next) -> Result<()> {
    if !postings::settle(db, posting, next).await? {
        tracing::warn!("the claim ran out, or the message ended, while it was posted");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, retry_after: Option<&str>) -> Verdict {
        let mut headers = HeaderMap::new();
        if let Some(value) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_str(value).expect("a value"));
        }
        let now = DateTime::parse_from_rfc2822("Sun, 06 Nov 1994 08:49:37 GMT").expect("a time").to_utc();
        verdict(StatusCode::from_u16(status).expect("a status"), &headers, now)
    }

    #[test]
    fn two_hundreds_are_taken_and_everything_else_is_not() {
        assert!([200, 201, 202, 204, 299].iter().all(|status| of(*status, None) == Verdict::Taken));
        assert!([199, 301, 307, 308, 400, 401, 404].iter().all(|status| of(*status, None) == Verdict::Refused));
        assert!([429, 500, 502, 503, 599].iter().all(|status| of(*status, None) == Verdict::Ill(None)));
        assert_eq!(of(410, None), Verdict::Gone);
    }

    #[test]
    fn an_endpoint_may_ask_to_be_let_alone_for_up_to_an_hour() {
        assert_eq!(of(429, Some("120")), Verdict::Ill(Some(TimeDelta::seconds(120))));
        assert_eq!(of(503, Some("Sun, 06 Nov 1994 08:50:37 GMT")), Verdict::Ill(Some(TimeDelta::seconds(60))));
        assert_eq!(of(503, Some("Sat, 06 Nov 1993 08:50:37 GMT")), Verdict::Ill(Some(TimeDelta::zero())));
        assert_eq!(of(429, Some("999999999")), Verdict::Ill(Some(LONGEST_ASKED)));
        assert_eq!(of(429, Some("soon")), Verdict::Ill(None));
    }

    #[test]
    fn an_answer_is_kept_as_text() {
        assert_eq!(legible(b"a\0b\nc\xff"), "a b c\u{fffd}");
    }
}
