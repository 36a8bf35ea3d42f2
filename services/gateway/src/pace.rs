//! The pace of a body: one that comes too slowly is ended, since it holds memory and a place for nothing.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use labelmesh_errors::{Error, Reason};
use labelmesh_server::listen::Pace;
use tokio::{
    sync::oneshot,
    time::{Instant, Sleep, sleep},
};
use tonic::{Code, Status, body::Body};

/// Tells when a body came too slowly, however far from the body somebody waits for what comes of it.
#[derive(Debug)]
pub(crate) struct Slow(oneshot::Receiver<()>);

impl Slow {
    /// Ends when the body came too slowly, and never where it did not.
    pub(crate) async fn told(self) {
        if self.0.await.is_err() {
            std::future::pending().await
        }
    }
}

/// A body at a pace. Only the time counts for which we wait for the client: it may have to wait for us.
pub(crate) struct Paced {
    /// None once it was ended.
    body: Option<Body>,
    pace: Pace,
    /// How long the client may still be waited for.
    credit: Duration,
    waiting_since: Option<Instant>,
    timer: Pin<Box<Sleep>>,
    tell: Option<oneshot::Sender<()>>,
}

impl Paced {
    pub(crate) fn new(body: Body, pace: Pace) -> (Self, Slow) {
        let (tell, slow) = oneshot::channel();
        let timer = Box::pin(sleep(pace.patience));
        let paced =
            Self { body: Some(body), pace, credit: pace.patience, waiting_since: None, timer, tell: Some(tell) };
        (paced, Slow(slow))
    }

    fn arrived(&mut self, frame: Option<&Result<Frame<Bytes>, Status>>) {
        if let Some(since) = self.waiting_since.take() {
            self.credit = self.credit.saturating_sub(since.elapsed());
        }
        let bytes = frame.and_then(|frame| frame.as_ref().ok()?.data_ref().map(Bytes::len)).unwrap_or(0);
        // More than that can't be saved up: a stall after a large piece is a stall.
        self.credit = (self.credit + self.pace.worth(bytes)).min(self.pace.patience);
    }
}

impl http_body::Body for Paced {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = &mut *self;
        let Some(body) = &mut this.body else { return Poll::Ready(None) };
        if let Poll::Ready(frame) = Pin::new(body).poll_frame(cx) {
            this.arrived(frame.as_ref());
            return Poll::Ready(frame);
        }
        if this.waiting_since.is_none() {
            let now = Instant::now();
            this.waiting_since = Some(now);
            this.timer.as_mut().reset(now + this.credit);
        }
        if this.timer.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        this.body = None;
        if let Some(tell) = this.tell.take() {
            // Nobody may be there who wants to know.
            let _ = tell.send(());
        }
        Poll::Ready(Some(Err(too_slow().into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(SizeHint::default, http_body::Body::size_hint)
    }
}

/// The refusal of a body that came too slowly.
pub(crate) fn too_slow() -> Error {
    Error::new(Reason::DeadlineExceeded, "the body came too slowly")
}

/// Whether a body ended because it came too slowly.
pub(crate) fn is_too_slow(error: &(dyn std::error::Error + 'static)) -> bool {
    error.downcast_ref::<Status>().is_some_and(|status| status.code() == Code::DeadlineExceeded)
}

#[cfg(test)]
mod tests {
    use futures::{StreamExt as _, stream};
    use http_body_util::{BodyExt as _, StreamBody};

    use super::*;

    const PACE: Pace = Pace { bytes_per_second: 100, patience: Duration::from_secs(10) };

    /// How a body of such pieces ends, each of which comes after so many seconds, and whether its reader is told.
    async fn ends(pieces: &'static [(u64, usize)], reader: Duration) -> (Result<usize, Code>, bool) {
        let frames = stream::iter(pieces).then(|(seconds, bytes)| async {
            sleep(Duration::from_secs(*seconds)).await;
            Ok::<_, Status>(Frame::data(Bytes::from(vec![0; *bytes])))
        });
        let (mut body, slow) = Paced::new(Body::new(StreamBody::new(frames)), PACE);
        let mut read = 0;
        let end = loop {
            match body.frame().await {
                None => break Ok(read),
                Some(Ok(frame)) => read += frame.data_ref().map_or(0, Bytes::len),
                Some(Err(status)) => break Err(status.code()),
            }
            sleep(reader).await;
        };
        (end, futures::FutureExt::now_or_never(slow.told()).is_some())
    }

    #[tokio::test(start_paused = true)]
    async fn a_steady_client_is_waited_for_as_long_as_it_takes_and_a_stalling_one_is_not() {
        let none = Duration::ZERO;
        assert_eq!(ends(&[(8, 1000), (9, 1000), (9, 900), (9, 900)], none).await, (Ok(3800), false));
        assert_eq!(ends(&[(1, 1_000_000), (11, 1)], none).await, (Err(Code::DeadlineExceeded), true));
        assert_eq!(ends(&[(4, 1), (4, 1), (4, 1)], none).await, (Err(Code::DeadlineExceeded), true));
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_that_we_take_ourselves_is_not_held_against_the_client() {
        assert_eq!(ends(&[(4, 1), (4, 1), (1, 1)], Duration::from_secs(60)).await, (Ok(3), false));
    }
}
