//! A bound on how much runs at once.

use std::sync::Arc;

use http::{Request, Response};
use labelmesh_errors::{Error, Reason};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tonic::body::Body;

use crate::{
    known::method_of,
    middleware::{Inner, Middleware},
    status::{COME_BACK, refuse},
};

/// How much may run at the same time. What is beyond is refused at once, not queued: a queue only makes everybody late.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Calls that are answered with one message.
    pub calls: usize,
    /// Calls that are answered with a stream; they mostly wait.
    pub streams: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { calls: 512, streams: 4096 }
    }
}

/// Refuses what is beyond the limits.
pub(crate) struct Shed {
    calls: Arc<Semaphore>,
    streams: Arc<Semaphore>,
}

impl Shed {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { calls: Arc::new(Semaphore::new(limits.calls)), streams: Arc::new(Semaphore::new(limits.streams)) }
    }
}

impl Middleware for Shed {
    async fn handle<S: Inner>(&self, request: Request<Body>, inner: S) -> Response<Body> {
        let Some(method) = method_of(&request) else { return inner.pass(request).await };
        let semaphore = if method.streams_out { &self.streams } else { &self.calls };
        let permit = semaphore.clone().try_acquire_owned();
        // An alert sees the first refusal only where there was a zero before it.
        metrics::counter!("rpc_server_shed_total", "rpc_method" => method.path).increment(permit.is_err().into());
        let Ok(permit) = permit else {
            return refuse(Error::new(Reason::Overloaded, "too much to do at present").retry_after(COME_BACK));
        };
        let response = inner.pass(request).await;
        if method.streams_out { response.map(|body| Body::new(Held { body, _permit: permit })) } else { response }
    }
}

pin_project_lite::pin_project! {
    /// A stream that keeps its place until it has ended.
    struct Held {
        #[pin]
        body: Body,
        _permit: OwnedSemaphorePermit,
    }
}

impl http_body::Body for Held {
    type Data = bytes::Bytes;
    type Error = tonic::Status;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Self::Data>, Self::Error>>> {
        self.project().body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}
