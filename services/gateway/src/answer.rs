//! Large answers: they take memory until they have been taken, which their reader may never do.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::Response;
use http_body::{Body as _, Frame, SizeHint};
use labelmesh_errors::Result;
use tonic::body::Body;

use crate::{app::App, call::Call, measure::Measured};

/// What a connection takes in passing.
const SMALL: u64 = 64 << 10;
/// No piece is larger: what is handed over waits in the connection's buffers.
const PIECE: usize = 32 << 10;

/// Makes room for an answer, until it has been taken.
///
/// # Errors
/// OVERLOADED where there is none.
pub(crate) fn roomy(app: &App, call: &Call, answer: Response<Body>) -> Result<Response<Body>> {
    let bytes = answer.body().size_hint().lower();
    if bytes <= SMALL {
        return Ok(answer);
    }
    let memory = app.memory.reserve(call, usize::try_from(bytes).unwrap_or(usize::MAX))?;
    Ok(answer.map(|body| Body::new(Measured::new(body, memory))))
}

/// An answer in pieces.
pub(crate) struct Pieces(Bytes);

impl Pieces {
    pub(crate) fn of(answer: impl Into<Bytes>) -> Self {
        Self(answer.into())
    }
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.0.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.0.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.0.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.0.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;

    use super::*;

    #[tokio::test]
    async fn an_answer_in_pieces_is_the_same_and_says_how_large_it_is() {
        let answer: Vec<u8> = (0..100_000u32).map(|byte| byte as u8).collect();
        let mut pieces = Pieces::of(answer.clone());
        assert_eq!(pieces.size_hint().exact(), Some(100_000));
        let mut taken = Vec::new();
        while let Some(Ok(frame)) = pieces.frame().await {
            let data = frame.into_data().expect("data");
            assert!(data.len() <= PIECE);
            taken.extend(data);
        }
        assert_eq!(taken, answer);
    }
}
