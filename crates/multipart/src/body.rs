//! The body of an upload. The parser reads it; what the parser leaves is read on for a moment.

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use http_body::Body as _;
use tonic::{Status, body::Body};

/// The bytes of a body. Clones read from the same one.
#[derive(Clone)]
pub struct UploadBody(Arc<Mutex<Body>>);

impl UploadBody {
    /// A body that nobody has read from.
    #[must_use]
    pub fn new(body: Body) -> Self {
        Self(Arc::new(Mutex::new(body)))
    }
}

impl std::fmt::Debug for UploadBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UploadBody")
    }
}

impl Stream for UploadBody {
    type Item = Result<Bytes, Status>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut body = self.0.lock().expect("nothing panics with the lock");
        loop {
            match ready!(Pin::new(&mut *body).poll_frame(cx)) {
                Some(Ok(frame)) => {
                    if let Ok(bytes) = frame.into_data() {
                        return Poll::Ready(Some(Ok(bytes)));
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

/// The most bytes between two chunks of files: boundaries and headers. More is no upload.
const BETWEEN: usize = 1 << 20;

/// How many bytes the parser has read since it last showed something for them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Progress(Arc<AtomicUsize>);

impl Progress {
    /// The parser had something to show.
    pub(crate) fn made(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// The body as a parser without bounds of its own may read it: one chunk each time it asks, and an end where it reads
/// on and on and shows nothing for it.
pub(crate) struct Rationed {
    body: UploadBody,
    progress: Progress,
    served: bool,
}

impl Rationed {
    pub(crate) fn new(body: UploadBody, progress: Progress) -> Self {
        Self { body, progress, served: false }
    }
}

impl Stream for Rationed {
    type Item = Result<Bytes, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if std::mem::take(&mut self.served) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let chunk = ready!(self.body.poll_next_unpin(cx));
        if let Some(Ok(bytes)) = &chunk {
            self.served = true;
            let read = self.progress.0.fetch_add(bytes.len(), Ordering::Relaxed) + bytes.len();
            if read > BETWEEN {
                return Poll::Ready(Some(Err(Status::invalid_argument("too much that belongs to no file"))));
            }
        }
        Poll::Ready(chunk)
    }
}
