//! A streamed answer with an end.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt as _};
use http_body::Frame;
use labelmesh_deadline::{Deadline, sync_scope};
use labelmesh_errors::Error;
use tokio::time::sleep;
use tonic::{Status, body::Body};

use super::activity::Activity;
use crate::{
    Draining,
    status::{stopping, too_late, trailers},
};

/// How long a stream may go on once the server stops: less than the second that is promised.
const FAREWELL: Duration = Duration::from_millis(800);

/// A streamed answer that ends with an error when it is silent for too long, its deadline passes or the server stops.
pub(super) struct Stream {
    /// None once it has ended.
    body: Option<Body>,
    activity: Activity,
    deadline: Option<Deadline>,
    end: BoxFuture<'static, Error>,
}

impl Stream {
    pub(super) fn new(body: Body, activity: Activity, deadline: Option<Deadline>, draining: Draining) -> Self {
        let watched = activity.clone();
        let end = async move {
            let stopped = async {
                draining.begun().await;
                sleep(FAREWELL).await;
            };
            tokio::select! {
                () = watched.ends(deadline) => too_late(),
                () = stopped => stopping(),
            }
        };
        Self { body: Some(body), activity, deadline, end: end.boxed() }
    }
}

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        let Some(body) = &mut this.body else { return Poll::Ready(None) };
        // The end is looked at first: a stream that always has more would never see it.
        if let Poll::Ready(error) = this.end.poll_unpin(cx) {
            this.body = None;
            return Poll::Ready(Some(Ok(Frame::trailers(trailers(error)))));
        }
        let body = Pin::new(body);
        let polled = match this.deadline {
            Some(deadline) => sync_scope(deadline, || http_body::Body::poll_frame(body, cx)),
            None => http_body::Body::poll_frame(body, cx),
        };
        if polled.is_ready() {
            this.activity.touch();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(http_body::Body::is_end_stream)
    }
}
