//! Ends calls at their deadline, and streams when they are silent for too long or the server stops.

mod activity;
mod stream;

use std::time::Duration;

use http::{Request, Response};
use labelmesh_deadline::{Deadline, read, scope};
use labelmesh_errors::{Error, Reason};
use labelmesh_proto::method::Method;
use tokio::time::timeout_at;
use tonic::body::Body;

use self::{
    activity::{Activity, Watched},
    stream::Stream,
};
use crate::{
    Draining,
    known::method_of,
    middleware::{Inner, Middleware},
    status::{refuse, too_late},
};

/// Gives calls their deadlines.
pub(crate) struct Deadlines(Draining);

impl Deadlines {
    pub(crate) fn new(draining: Draining) -> Self {
        Self(draining)
    }

    async fn call<S: Inner>(
        method: &Method,
        asked: Option<Duration>,
        request: Request<Body>,
        inner: S,
    ) -> Response<Body> {
        let deadline = Deadline::after(asked.unwrap_or(method.deadline).min(method.max_deadline));
        let call = scope(deadline, inner.pass(request));
        timeout_at(deadline.instant(), call).await.unwrap_or_else(|_| refuse(too_late()))
    }

    /// A stream in either direction. Its silence is bounded; its length only where the caller asks for that.
    async fn stream<S: Inner>(
        &self,
        method: &Method,
        asked: Option<Duration>,
        request: Request<Body>,
        inner: S,
    ) -> Response<Body> {
        let deadline = asked.map(Deadline::after);
        let activity = Activity::new(method.deadline);
        let request = if method.streams_in {
            request.map(|body| Body::new(Watched::new(body, activity.clone())))
        } else {
            request
        };
        let pass = inner.pass(request);
        let answered = async {
            match deadline {
                Some(deadline) => scope(deadline, pass).await,
                None => pass.await,
            }
        };
        let response = tokio::select! {
            response = answered => response,
            () = activity.ends(deadline) => return refuse(too_late()),
        };
        activity.touch();
        response.map(|body| Body::new(Stream::new(body, activity, deadline, self.0.clone())))
    }
}

impl Middleware for Deadlines {
    async fn handle<S: Inner>(&self, request: Request<Body>, inner: S) -> Response<Body> {
        let Some(method) = method_of(&request) else { return inner.pass(request).await };
        let asked = match read(request.headers()) {
            Ok(asked) => asked,
            Err(error) => return refuse(Error::new(Reason::Malformed, error.to_string())),
        };
        if method.streams_in || method.streams_out {
            self.stream(method, asked, request, inner).await
        } else {
            Self::call(method, asked, request, inner).await
        }
    }
}
