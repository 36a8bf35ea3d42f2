//! The lifeline of a stream: ends it with its session, or when the gateway stops.

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt as _};
use http::HeaderMap;
use http_body::Frame;
use labelmesh_errors::{Error, Reason};
use labelmesh_server::Draining;
use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tonic::{Status, body::Body};

use crate::{pace::too_slow, tokens::Hold};

/// When a client should come back to a gateway that is stopping: to another replica, or to the next one.
const COME_BACK: Duration = Duration::from_secs(1);

/// Waits until a stream has to end, and says why.
pub(crate) type Lifeline = BoxFuture<'static, Status>;

/// Ends where a body came too slowly.
pub(crate) type TooSlow = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Ends a stream when its session is over, where there is a `draining` when the gateway stops, and where there is a
/// `slow` when its client sends too slowly.
pub(crate) fn lifeline(hold: Option<Hold>, draining: Option<Draining>, slow: Option<TooSlow>) -> Lifeline {
    let revoked = async move {
        match hold {
            Some(hold) => hold.ended().await,
            None => std::future::pending().await,
        }
    };
    let stopping = async move {
        match draining {
            Some(draining) => draining.begun().await,
            None => std::future::pending().await,
        }
    };
    let slow = async move {
        match slow {
            Some(slow) => slow.await,
            None => std::future::pending().await,
        }
    };
    async move {
        tokio::select! {
            () = slow => too_slow().into(),
            () = revoked => Error::new(Reason::NotSignedIn, "the session is over").into(),
            () = stopping => Error::new(Reason::Unavailable, "the gateway is stopping").retry_after(COME_BACK).into(),
        }
    }
    .boxed()
}

/// A gRPC answer that ends with the lifeline's status unless it ends before.
pub(crate) struct Tied {
    /// None once it has ended.
    body: Option<Body>,
    lifeline: Lifeline,
}

impl Tied {
    pub(crate) fn new(body: Body, lifeline: Lifeline) -> Self {
        Self { body: Some(body), lifeline }
    }
}

impl http_body::Body for Tied {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        let Some(body) = &mut this.body else { return Poll::Ready(None) };
        if let Poll::Ready(status) = this.lifeline.poll_unpin(cx) {
            this.body = None;
            let mut trailers = HeaderMap::new();
            return Poll::Ready(Some(status.add_header(&mut trailers).map(|()| Frame::trailers(trailers))));
        }
        Pin::new(body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(http_body::Body::is_end_stream)
    }
}
