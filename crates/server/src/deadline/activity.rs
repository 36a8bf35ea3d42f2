//! When something last happened on a stream, in either direction.

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use labelmesh_deadline::Deadline;
use tokio::time::{Instant, sleep_until};
use tonic::{Status, body::Body};

/// When something last happened on a stream. Clones share it.
#[derive(Clone)]
pub(super) struct Activity {
    last: Arc<Mutex<Instant>>,
    silence: Duration,
}

impl Activity {
    pub(super) fn new(silence: Duration) -> Self {
        Self { last: Arc::new(Mutex::new(Instant::now())), silence }
    }

    pub(super) fn touch(&self) {
        *self.last.lock().expect("nothing panics with the lock") = Instant::now();
    }

    fn silent_at(&self) -> Instant {
        *self.last.lock().expect("nothing panics with the lock") + self.silence
    }

    /// Waits until the stream has been silent for too long, or its deadline has passed.
    pub(super) async fn ends(&self, deadline: Option<Deadline>) {
        loop {
            let silent_at = self.silent_at();
            let at = deadline.map_or(silent_at, |deadline| deadline.instant().min(silent_at));
            sleep_until(at).await;
            // Something may have happened meanwhile.
            if at < silent_at || self.silent_at() <= at {
                return;
            }
        }
    }
}

pin_project_lite::pin_project! {
    /// A request body each piece of which counts as activity.
    pub(super) struct Watched {
        #[pin]
        body: Body,
        activity: Activity,
    }
}

impl Watched {
    pub(super) fn new(body: Body, activity: Activity) -> Self {
        Self { body, activity }
    }
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.project();
        let frame = ready!(this.body.poll_frame(cx));
        this.activity.touch();
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
