//! A streamed answer that holds something until it is gone.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tonic::{Status, body::Body};

use crate::call::Answer;

pin_project_lite::pin_project! {
    struct Hold<T> {
        #[pin]
        body: Body,
        _held: T,
    }
}

impl Answer {
    /// The same answer, which holds `held` for as long as it streams: a place in a bulkhead is taken that long.
    pub(crate) fn holding<T: Send + 'static>(mut self, held: T) -> Self {
        if self.code.is_none() {
            self.response = self.response.map(|body| Body::new(Hold { body, _held: held }));
        }
        self
    }
}

impl<T> http_body::Body for Hold<T> {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        self.project().body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
