//! One call with everything around it.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Collected, Limited};
use labelmesh_deadline::{Deadline, current, read};
use labelmesh_errors::{Error, Reason};
use labelmesh_proto::method::{self, Method};
use tokio::time::timeout_at;
use tonic::{Code, Status, body::Body};
use tracing::Instrument as _;

use crate::{
    attempt::{Attempt, Outgoing},
    breaker::Pass,
    credentials::Credentials,
    observe::{Measure, inject, span},
    peer::Inner,
    status::{overloaded, refuse, too_late, unavailable},
    stream::Stream,
};

/// What leads each message on the wire: a flag and a length.
const PREFIX: usize = 5;

/// One call.
pub(crate) struct Call {
    peer: Arc<Inner>,
    credentials: Credentials,
}

impl Call {
    pub(crate) fn new(peer: Arc<Inner>, credentials: Credentials) -> Self {
        Self { peer, credentials }
    }

    pub(crate) async fn make(&self, mut request: Request<Body>) -> Response<Body> {
        let Some(method) = method::find(request.uri().path()) else {
            return refuse(Error::new(Reason::MethodUnknown, "there is no such method in the contract"));
        };
        let span = span(&self.peer.name, method);
        self.credentials.add(request.headers_mut(), &self.peer.name);
        inject(&span, request.headers_mut());
        let measure = Measure::start(&self.peer.name, method, span.clone());
        self.bounded(method, request, measure).instrument(span).await
    }

    async fn bounded(&self, method: &'static Method, request: Request<Body>, mut measure: Measure) -> Response<Body> {
        let bulkhead = if method.streams_out { &self.peer.streams } else { &self.peer.calls };
        let Ok(permit) = bulkhead.clone().try_acquire_owned() else {
            measure.end(Code::ResourceExhausted);
            return refuse(overloaded(&self.peer.name));
        };
        let deadline = deadline(method, &request);
        if deadline.is_some_and(|deadline| deadline.remaining().is_zero()) {
            measure.end(Code::DeadlineExceeded);
            return refuse(too_late());
        }
        self.peer.budget.deposit();
        let attempt = self.attempts(method, request, deadline).await;
        match attempt.code {
            Some(code) => {
                measure.end(code);
                attempt.response
            }
            None => {
                let held = (permit, attempt.in_flight);
                let peer = self.peer.name.clone();
                attempt.response.map(|body| Body::new(Stream::new(peer, body, deadline, measure, held)))
            }
        }
    }

    async fn attempts(&self, method: &'static Method, request: Request<Body>, deadline: Option<Deadline>) -> Attempt {
        let (parts, body) = request.into_parts();
        let outgoing = Outgoing::new(method, parts, deadline);
        if method.streams_in {
            return match self.peer.breaker(method.path).admit() {
                Ok(pass) => self.judge(pass, method, self.peer.attempt_stream(&outgoing, body).await, Duration::MAX),
                Err(rest) => self.resting(rest),
            };
        }
        let body = match whole(method, body, deadline).await {
            Ok(body) => body,
            Err(status) => return ours(status),
        };
        let mut tries = 0;
        loop {
            let pass = match self.peer.breaker(method.path).admit() {
                Ok(pass) => pass,
                Err(rest) => return self.resting(rest),
            };
            let given = deadline.map_or(Duration::MAX, Deadline::remaining);
            let attempt = self.judge(pass, method, self.peer.attempt(&outgoing, &body).await, given);
            tries += 1;
            match self.pause(method, &attempt, tries, deadline) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return attempt,
            }
            metrics::counter!("rpc_client_retries_total", "peer" => self.peer.name.clone(), "rpc_method" => &method.path[1..])
                .increment(1);
        }
    }

    /// What is answered while the circuit breaker is open.
    fn resting(&self, rest: Duration) -> Attempt {
        ours(unavailable(&self.peer.name, rest).into())
    }

    /// Tells the circuit breaker how a try went. Who had hardly any time left proves nothing by running out of it.
    fn judge(&self, pass: Pass, method: &Method, attempt: Attempt, given: Duration) -> Attempt {
        match attempt.code {
            Some(Code::Unavailable) => pass.failed(),
            Some(Code::DeadlineExceeded) if given >= method.deadline / 2 => pass.failed(),
            Some(Code::DeadlineExceeded) => drop(pass),
            _ => pass.succeeded(),
        }
        attempt
    }

    /// How long to wait before the next try; none where there is no next try.
    fn pause(&self, method: &Method, attempt: &Attempt, tries: u32, deadline: Option<Deadline>) -> Option<Duration> {
        let options = &self.peer.options;
        if attempt.code != Some(Code::Unavailable) || !method.idempotency.is_repeatable() || tries >= options.tries {
            return None;
        }
        let backoff = options.backoff.saturating_mul(1 << (tries - 1).min(10)).mul_f64(self.peer.random.unit());
        // Jitter on top of what the peer asks for, lest all of its callers come back at the same moment.
        let pause = attempt.retry_after.unwrap_or_default() + backoff;
        let in_time = deadline.is_none_or(|deadline| pause < deadline.remaining());
        (in_time && self.peer.budget.withdraw()).then_some(pause)
    }
}

/// The deadline of a call: what it asks for or the contract gives, never longer than the call that is being handled has
/// left. A stream has one only where it asks for it or inherits it.
fn deadline(method: &Method, request: &Request<Body>) -> Option<Deadline> {
    let asked = read(request.headers()).ok().flatten();
    let streams = method.streams_in || method.streams_out;
    let own = asked.or((!streams).then_some(method.deadline)).map(Deadline::after);
    [own, current()].into_iter().flatten().min()
}

/// The one message of a request, so that it can be sent again. It may come from outside, slowly or without end.
async fn whole(method: &Method, body: Body, deadline: Option<Deadline>) -> Result<Bytes, Status> {
    let collected = Limited::new(body, method.max_request_bytes + PREFIX).collect();
    let collected = match deadline {
        Some(deadline) => timeout_at(deadline.instant(), collected).await.map_err(|_| Status::from(too_late()))?,
        None => collected.await,
    };
    collected.map(Collected::to_bytes).map_err(|error| match error.downcast::<Status>() {
        Ok(status) => *status,
        Err(_) => Error::new(Reason::RequestTooLarge, "the message is larger than is accepted").into(),
    })
}

/// A failure of our own.
fn ours(status: Status) -> Attempt {
    let code = Some(status.code());
    Attempt { response: status.into_http(), code, retry_after: None, in_flight: None }
}
