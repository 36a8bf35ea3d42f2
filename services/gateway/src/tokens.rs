//! Opaque tokens of clients are exchanged for internal ones, which are kept for a short while.
//!
//! An answer is kept for at most 30 seconds, or 2 while changes can't be heard. It is dropped when a change is heard
//! that makes it untrue. Each answer remembers which changes had been heard when it was asked for, so that an answer
//! that crosses a change on its way is not believed either.

mod changes;
mod holds;
mod session;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use futures::{StreamExt as _, future::BoxFuture};
use labelmesh_clock::Clock;
use labelmesh_errors::{Error, Reason};
use labelmesh_proto::{
    auth::v1::{IntrospectResponse, PrincipalChanged},
    time,
};
use moka::future::Cache;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;
use tonic::Status;

use changes::{Changes, Concern};
pub(crate) use holds::Hold;
use holds::Holds;
pub(crate) use session::Session;
use session::{InternalTokens, Standing};

/// How long an answer is kept at most.
pub(crate) const LIFETIME: Duration = Duration::from_secs(30);
/// How long an answer is kept while changes can't be heard, or where a token stands for nobody.
const SHORT_LIFETIME: Duration = Duration::from_secs(2);
/// How long an internal token must still be valid when it is sent, so that it does not expire on the way.
const MARGIN: Duration = Duration::from_secs(10);
/// The longest token that is asked about.
const LONGEST: usize = 512;

/// Asks what a token stands for.
pub(crate) type Introspect =
    Box<dyn Fn(SecretString) -> BoxFuture<'static, Result<IntrospectResponse, Status>> + Send + Sync>;

/// Says whether changes are heard at present.
pub(crate) type Hears = Box<dyn Fn() -> bool + Send + Sync>;

/// What a token stands for.
#[derive(Debug, Clone)]
struct Answer {
    session: Option<Arc<Session>>,
    given_at: DateTime<Utc>,
    /// When the internal token is too old to be sent.
    until: DateTime<Utc>,
}

/// Exchanges tokens and keeps what it learned.
pub(crate) struct Tokens {
    introspect: Introspect,
    hears: Hears,
    /// By the SHA-256 of the token, so that tokens do not stay in memory.
    cache: Cache<[u8; 32], Answer>,
    changes: Changes,
    holds: Holds,
    /// Notified when it is not known of some stream whether its session goes on.
    recheck: Arc<Notify>,
    clock: Clock,
}

impl Tokens {
    /// Keeps at most so many answers.
    pub(crate) fn new(introspect: Introspect, hears: Hears, capacity: u64, clock: Clock) -> Self {
        let cache = Cache::builder().max_capacity(capacity).time_to_live(LIFETIME).build();
        Self {
            introspect,
            hears,
            cache,
            changes: Changes::default(),
            holds: Holds::default(),
            recheck: Arc::default(),
            clock,
        }
    }

    /// The session that a token stands for. Lookups of one token at the same time are one lookup, which `permit`
    /// allows; what it gives is held until auth has answered.
    ///
    /// # Errors
    /// `NOT_SIGNED_IN` where it stands for nobody, and whatever kept us from asking, or auth from answering.
    pub(crate) async fn exchange<P>(
        &self,
        token: &SecretString,
        permit: impl FnOnce() -> Result<P, Error>,
    ) -> Result<Arc<Session>, Status> {
        let text = token.expose_secret();
        if text.is_empty() || text.len() > LONGEST || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(not_signed_in());
        }
        let key: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        if self.cache.get(&key).await.is_some_and(|answer| self.is_stale(&answer)) {
            self.cache.invalidate(&key).await;
        }
        let asked = async {
            let _permit = permit()?;
            self.ask(token).await
        };
        let answer = self.cache.try_get_with(key, asked).await;
        let answer = answer.map_err(|error: Arc<Status>| Status::clone(&error))?;
        answer.session.ok_or_else(not_signed_in)
    }

    fn is_stale(&self, answer: &Answer) -> bool {
        let now = self.clock.now();
        let lifetime = if answer.session.is_some() && (self.hears)() { LIFETIME } else { SHORT_LIFETIME };
        answer.until <= now
            || answer.given_at + lifetime <= now
            || answer.session.as_ref().is_some_and(|session| self.changes.concern(session) > Concern::Nothing)
    }

    /// Asks auth, and once more where the answer may have become untrue on its way.
    async fn ask(&self, token: &SecretString) -> Result<Answer, Status> {
        let answer = self.ask_once(token).await?;
        if self.is_stale(&answer) { self.ask_once(token).await } else { Ok(answer) }
    }

    async fn ask_once(&self, token: &SecretString) -> Result<Answer, Status> {
        let asked_at = self.changes.heard();
        let response = (self.introspect)(token.clone()).await?;
        let now = self.clock.now();
        if !response.active {
            return Ok(Answer { session: None, given_at: now, until: now + SHORT_LIFETIME });
        }
        let expires_at = time(response.expires_at).unwrap_or(now);
        let session = Session {
            user_id: response.user_id.clone(),
            session_id: response.session_id.clone(),
            tokens: InternalTokens::of(&response),
            standing: Standing::of(&response),
            asked_at,
        };
        Ok(Answer { session: Some(Arc::new(session)), given_at: now, until: expires_at - MARGIN })
    }

    /// Keeps a stream tied to the session for which it was opened.
    pub(crate) fn hold(&self, session: &Session, token: &SecretString) -> Hold {
        let hold = self.holds.add(session, token);
        // The change may have come between the exchange and now.
        match self.changes.concern(session) {
            Concern::Nothing => {}
            Concern::Stale => self.recheck.notify_one(),
            Concern::Narrower => hold.end(),
        }
        hold
    }

    /// Drops what a change makes untrue, and ends the streams held for it.
    pub(crate) fn principal_changed(&self, change: &PrincipalChanged) {
        self.changes.add(change);
        self.holds.end_those_of(change);
    }

    /// Drops everything: changes may have been missed.
    pub(crate) fn forget_all(&self) {
        self.changes.forget();
        self.recheck.notify_one();
    }

    /// Notified when the streams are to be looked at again ([`Tokens::recheck_holds`]).
    pub(crate) fn recheck(&self) -> &Arc<Notify> {
        &self.recheck
    }

    /// Ends the streams of sessions that are over, or good for less, though nobody told us: because they ran out, of
    /// which no event tells, or because events were missed.
    pub(crate) async fn recheck_holds(&self) {
        let held = futures::stream::iter(self.holds.tokens());
        held.for_each_concurrent(16, |(id, token)| async move {
            match self.exchange(&token, || Ok(())).await {
                Err(status) if status.code() == tonic::Code::Unauthenticated => self.holds.end(id),
                Ok(session) => self.holds.end_if_narrower(id, &session),
                // A stream does not end because auth can't be asked.
                Err(_) => {}
            }
        })
        .await;
    }
}

/// The refusal of a token that stands for nobody.
fn not_signed_in() -> Status {
    Error::new(Reason::NotSignedIn, "the token is not valid, or no longer").into()
}

#[cfg(test)]
mod tests;
