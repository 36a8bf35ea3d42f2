//! The body of an upload. The parser reads it; what the parser leaves is read on for a moment.

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures::Stream;
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
