//! One try of a call, at whichever endpoint takes it.

use std::{error::Error as _, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, Uri, Version, header, request::Parts};
use http_body_util::{BodyExt as _, Full, Limited};
use labelmesh_deadline::{Deadline, GRPC_TIMEOUT, write};
use labelmesh_errors::Error;
use labelmesh_proto::method::Method;
use tokio::time::timeout_at;
use tonic::{Code, Status, body::Body};
use tonic_types::StatusExt as _;

use crate::{
    balance::{Endpoint, InFlight},
    peer::Inner,
    status::{refuse, too_late, unreachable},
};

/// The largest answer that is taken as one message.
pub(crate) const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// What is sent.
pub(crate) struct Outgoing {
    pub(crate) method: &'static Method,
    pub(crate) path: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) deadline: Option<Deadline>,
}

/// How a try ended.
pub(crate) struct Attempt {
    pub(crate) response: Response<Body>,
    /// The status; none where a stream has begun.
    pub(crate) code: Option<Code>,
    /// What the peer asks us to wait for.
    pub(crate) retry_after: Option<Duration>,
    /// The endpoint's counter, to be held while a stream lasts.
    pub(crate) in_flight: Option<InFlight>,
}

/// Why no answer came.
enum NoAnswer {
    /// Nothing was sent: harmless to send elsewhere.
    NotSent(Error),
    /// Its fate is unknown.
    Lost(Error),
    /// The deadline passed.
    TooLate,
}

impl Outgoing {
    pub(crate) fn new(method: &'static Method, parts: Parts, deadline: Option<Deadline>) -> Self {
        Self { method, path: parts.uri, headers: parts.headers, deadline }
    }

    fn request(&self, endpoint: &Endpoint, body: Body) -> Request<Body> {
        let mut request = Request::new(body);
        *request.method_mut() = http::Method::POST;
        *request.version_mut() = Version::HTTP_2;
        let uri = Uri::builder().scheme(endpoint.scheme.clone()).authority(endpoint.authority.clone());
        *request.uri_mut() = uri.path_and_query(self.path.path()).build().expect("a URI of valid parts");
        request.headers_mut().clone_from(&self.headers);
        request.headers_mut().insert(header::TE, http::HeaderValue::from_static("trailers"));
        request.headers_mut().remove(GRPC_TIMEOUT);
        if let Some(deadline) = self.deadline {
            request.headers_mut().insert(GRPC_TIMEOUT, write(deadline.remaining()));
        }
        request
    }
}

impl Inner {
    /// Tries once; where nothing could be sent, at each endpoint in turn.
    pub(crate) async fn attempt(&self, outgoing: &Outgoing, body: &Bytes) -> Attempt {
        let mut tried = Vec::new();
        let mut last = None;
        while let Some(endpoint) = self.balancer.pick(&tried) {
            match self.send(outgoing, &endpoint, Body::new(Full::new(body.clone()))).await {
                Ok(attempt) => return attempt,
                Err(NoAnswer::NotSent(error)) => last = Some(error),
                Err(no_answer) => return self.unanswered(no_answer),
            }
            tried.push(endpoint);
        }
        self.unanswered(NoAnswer::NotSent(last.unwrap_or_else(|| unreachable(&self.name, "no endpoint is configured"))))
    }

    /// Tries once, at one endpoint, with a body that can't be sent twice.
    pub(crate) async fn attempt_stream(&self, outgoing: &Outgoing, body: Body) -> Attempt {
        let Some(endpoint) = self.balancer.pick(&[]) else {
            return self.unanswered(NoAnswer::NotSent(unreachable(&self.name, "no endpoint is configured")));
        };
        self.send(outgoing, &endpoint, body).await.unwrap_or_else(|no_answer| self.unanswered(no_answer))
    }

    async fn send(&self, outgoing: &Outgoing, endpoint: &Arc<Endpoint>, body: Body) -> Result<Attempt, NoAnswer> {
        let in_flight = InFlight::to(endpoint.clone());
        let answer = async {
            let response = self.http.request(outgoing.request(endpoint, body)).await;
            let response = response.map_err(|error| self.transport(endpoint, error))?;
            if outgoing.method.streams_out { Ok(response.map(Body::new)) } else { self.whole(response).await }
        };
        let answer = match outgoing.deadline {
            Some(deadline) => timeout_at(deadline.instant(), answer).await.unwrap_or(Err(NoAnswer::TooLate)),
            None => answer.await,
        };
        match answer {
            Ok(response) => {
                endpoint.answered();
                Ok(self.answered(response, in_flight))
            }
            Err(no_answer) => {
                match no_answer {
                    NoAnswer::NotSent(_) => endpoint.unreachable(),
                    NoAnswer::Lost(_) | NoAnswer::TooLate => endpoint.silent(),
                }
                Err(no_answer)
            }
        }
    }

    /// Reads an answer to its end, so that its status is known and the deadline covers all of it.
    async fn whole(&self, response: Response<hyper::body::Incoming>) -> Result<Response<Body>, NoAnswer> {
        let (mut parts, body) = response.into_parts();
        let body = Limited::new(body, LARGEST_ANSWER).collect().await;
        let body = body.map_err(|error| NoAnswer::Lost(unreachable(&self.name, error)))?;
        // The status moves to the extensions as well, where whoever retries finds it.
        if let Some(status) = body.trailers().and_then(Status::from_header_map) {
            parts.extensions.insert(status);
        }
        // A status in the headers ends the answer with them. The collected body would not say so, and strict clients
        // take a status that something follows, if only an empty frame, for none.
        let ended = parts.headers.contains_key(Status::GRPC_STATUS);
        Ok(Response::from_parts(parts, if ended { Body::empty() } else { Body::new(body) }))
    }

    fn answered(&self, response: Response<Body>, in_flight: InFlight) -> Attempt {
        let in_headers = Status::from_header_map(response.headers());
        let status = in_headers.or_else(|| response.extensions().get::<Status>().cloned());
        let (response, status) = match status {
            None if response.status() != StatusCode::OK => {
                let error = unreachable(&self.name, format!("answered with HTTP status {}", response.status()));
                (refuse(error), Some(Status::unavailable("")))
            }
            status => (response, status),
        };
        let retry_after = status.as_ref().and_then(Status::get_details_retry_info).and_then(|info| info.retry_delay);
        Attempt { response, code: status.map(|status| status.code()), retry_after, in_flight: Some(in_flight) }
    }

    fn unanswered(&self, no_answer: NoAnswer) -> Attempt {
        let (error, code) = match no_answer {
            NoAnswer::NotSent(error) | NoAnswer::Lost(error) => (error, Code::Unavailable),
            NoAnswer::TooLate => (too_late(), Code::DeadlineExceeded),
        };
        Attempt { response: refuse(error), code: Some(code), retry_after: None, in_flight: None }
    }

    fn transport(&self, endpoint: &Endpoint, error: hyper_util::client::legacy::Error) -> NoAnswer {
        let unsent = error.is_connect() || hyper_cause(&error).is_some_and(hyper::Error::is_canceled);
        // Where the peer is stands in our log; the error may reach a stranger.
        let cause = anyhow::Error::new(error).context(format!("at {}", endpoint.authority));
        let error = unreachable(&self.name, cause);
        if unsent { NoAnswer::NotSent(error) } else { NoAnswer::Lost(error) }
    }
}

fn hyper_cause(error: &hyper_util::client::legacy::Error) -> Option<&hyper::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref() {
            return Some(error);
        }
        cause = error.source();
    }
    None
}
