//! Streams of HTTP/2 whose reader takes its answer too slowly, or keeps its window shut: they are reset.
//!
//! hyper asks an answer for its next piece when there was room in the stream's window for the one before it. Nothing of
//! ours is awake while there is none, so whoever runs the stream (see [`Streams`]) looks at the time. hyper does not
//! wait for room for the whole of a piece, and leaves a stream alone once it has the last one. So the last byte of each
//! piece is handed over apart: when there is room for that one there was for all before it, and an answer that has
//! ended was taken as far as windows go. What lies in the socket then is the connection's affair (see `socket`).

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use metrics::counter;
use tokio::time::{Instant, Sleep, sleep_until};

use super::{
    AnswerBody,
    pace::{Credit, Pace},
};

tokio::task_local! {
    /// The stream that a task runs.
    static STREAM: Arc<Stream>;
}

/// What its bodies tell of a stream.
#[derive(Debug)]
pub(super) struct Stream(Mutex<State>);

#[derive(Debug)]
struct State {
    credit: Credit,
    /// Whether the request still comes: whoever sends files may read when all are sent.
    asks: bool,
}

impl Stream {
    fn new(pace: Pace) -> Self {
        Self(Mutex::new(State { credit: Credit::new(pace), asks: false }))
    }

    /// The stream of this task; none where the connection speaks HTTP/1.1.
    pub(super) fn current() -> Option<Arc<Self>> {
        STREAM.try_with(Arc::clone).ok()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("nothing panics with the lock")
    }

    /// So many bytes of the answer were handed over.
    fn handed_over(&self, bytes: usize) {
        let State { credit, .. } = &mut *self.state();
        credit.add(bytes);
        credit.waits();
    }
}

/// Runs the streams of a connection, each until its answer was taken or its reader was waited for long enough.
#[derive(Debug, Clone, Copy)]
pub(super) struct Streams(pub(super) Pace);

impl<F> hyper::rt::Executor<F> for Streams
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, future: F) {
        let stream = Arc::new(Stream::new(self.0));
        tokio::spawn(Bounded { future, stream, timer: sleep_until(Instant::now()) });
    }
}

pin_project_lite::pin_project! {
    /// A stream that ends when its reader was waited for long enough. What is dropped then resets it.
    struct Bounded<F> {
        #[pin]
        future: F,
        stream: Arc<Stream>,
        #[pin]
        timer: Sleep,
    }
}

impl<F: Future<Output = ()>> Future for Bounded<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut this = self.project();
        if STREAM.sync_scope(this.stream.clone(), || this.future.poll(cx)).is_ready() {
            return Poll::Ready(());
        }
        loop {
            let Some(ends) = this.stream.state().credit.ends() else { return Poll::Pending };
            if this.timer.deadline() != ends {
                this.timer.as_mut().reset(ends);
            }
            ready!(this.timer.as_mut().poll(cx));
            let State { credit, asks } = &mut *this.stream.state();
            if credit.ends() != Some(ends) {
                continue;
            }
            if !*asks {
                counter!("server_readers_given_up_total", "what" => "stream").increment(1);
                tracing::debug!("an answer was taken too slowly");
                return Poll::Ready(());
            }
            credit.forgive();
        }
    }
}

pin_project_lite::pin_project! {
    /// The body of an answer, which says what it waits for.
    pub(super) struct Answer<B> {
        #[pin]
        body: B,
        stream: Option<Arc<Stream>>,
        // The last byte of the piece that was handed over.
        last: Option<Bytes>,
    }
}

impl<B> Answer<B> {
    pub(super) fn new(body: B, stream: Option<Arc<Stream>>) -> Self {
        Self { body, stream, last: None }
    }
}

impl<B: AnswerBody> Body for Answer<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = self.project();
        let Some(stream) = this.stream else { return this.body.poll_frame(cx) };
        stream.state().credit.moved();
        if let Some(last) = this.last.take() {
            stream.handed_over(last.len());
            return Poll::Ready(Some(Ok(Frame::data(last))));
        }
        let frame = ready!(this.body.poll_frame(cx));
        Poll::Ready(frame.map(|frame| {
            frame.map(|frame| {
                frame.map_data(|mut piece| {
                    if piece.len() > 1 {
                        *this.last = Some(piece.split_off(piece.len() - 1));
                    }
                    stream.handed_over(piece.len());
                    piece
                })
            })
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.last.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, mut hint) = (self.last.as_ref().map_or(0, Bytes::len) as u64, self.body.size_hint());
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(hint.lower() + rest);
        hint
    }
}

pin_project_lite::pin_project! {
    /// The body of a request, which says whether it still comes.
    pub(super) struct Request<B> {
        #[pin]
        body: B,
        asking: Option<Asking>,
    }
}

/// As long as it is there a request comes.
struct Asking(Arc<Stream>);

impl Drop for Asking {
    fn drop(&mut self) {
        let State { credit, asks } = &mut *self.0.state();
        *asks = false;
        credit.forgive();
    }
}

impl<B: Body> Request<B> {
    pub(super) fn new(body: B, stream: Option<Arc<Stream>>) -> Self {
        let asking = stream.filter(|_| !body.is_end_stream()).map(|stream| {
            stream.state().asks = true;
            Asking(stream)
        });
        Self { body, asking }
    }
}

impl<B: Body> Body for Request<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let mut this = self.project();
        let frame = ready!(this.body.as_mut().poll_frame(cx));
        if !matches!(frame, Some(Ok(_))) || this.body.is_end_stream() {
            *this.asking = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
