//! A call on its way down the stack, and what comes back up.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue, Request, Response};
use labelmesh_deadline::Deadline;
use tokio::time::Instant;
use tonic::{Code, body::Body};

use crate::{method::Listed, payload::Payload};

/// A call whose request has yet to be read.
pub(crate) struct Call {
    pub(crate) method: Listed,
    pub(crate) request: Request<Body>,
    pub(crate) deadline: Option<Deadline>,
}

/// A call that is ready to be sent.
pub(crate) struct Ready {
    pub(crate) head: Arc<Head>,
    pub(crate) payload: Payload,
}

/// What stays the same however often a call is sent.
pub(crate) struct Head {
    pub(crate) method: Listed,
    pub(crate) headers: HeaderMap,
    pub(crate) deadline: Option<Deadline>,
}

/// What a peer has answered.
pub(crate) struct Answer {
    pub(crate) response: Response<Body>,
    /// The status; none where a stream has begun.
    pub(crate) code: Option<Code>,
    /// How long the peer asks us to wait before we try again.
    pub(crate) retry_after: Option<Duration>,
}

impl Ready {
    /// The same call, to be sent again; none where its request is a stream.
    pub(crate) fn again(&self) -> Option<Self> {
        let Payload::Message(message) = &self.payload else { return None };
        Some(Self { head: self.head.clone(), payload: Payload::Message(message.clone()) })
    }
}

/// The value of a header that is another one in each call. It is kept out of HPACK's table: h2 would look for it among
/// all that came before it, and put it in the place of what calls have in common.
pub(crate) fn of_one_call(mut value: HeaderValue) -> HeaderValue {
    value.set_sensitive(true);
    value
}

/// How much time a try has been given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    deadline: Option<Instant>,
    fair: bool,
}

impl Patience {
    /// The time that is left for a call.
    pub(crate) fn with(head: &Head, now: Instant) -> Self {
        let deadline = head.deadline.map(Deadline::instant);
        let given = deadline.map_or(Duration::MAX, |deadline| deadline.saturating_duration_since(now));
        Self { deadline, fair: given >= head.method.deadline / 2 }
    }

    /// Whether a try that ends now ends because its time is up, and says something about the peer. Who had hardly any
    /// time left proves nothing by running out of it.
    pub(crate) fn ran_out(self, now: Instant) -> bool {
        self.fair && self.deadline.is_some_and(|deadline| deadline <= now)
    }

    /// Whether it is enough for an answer.
    pub(crate) fn is_fair(self) -> bool {
        self.fair
    }

    /// By when there will be an answer or none.
    pub(crate) fn deadline(self) -> Option<Instant> {
        self.deadline
    }
}
