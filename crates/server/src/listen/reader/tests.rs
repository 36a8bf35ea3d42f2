//! Streams as hyper runs them, by a clock that does not wait.

use std::time::Duration;

use futures::stream;
use http_body_util::{BodyExt as _, Empty, Full, StreamBody};
use hyper::rt::Executor as _;
use tokio::{sync::oneshot, time::sleep};
use tonic::{Status, body::Body as AnyBody};

use super::*;

const PACE: Pace = Pace { bytes_per_second: 100, patience: Duration::from_secs(10) };

/// How much of an answer of two pieces of so many bytes is taken by a reader who lets it be asked for the next piece
/// after each of these waits, and as long as these last. The request comes for `asking` seconds.
async fn taken(bytes: usize, waits: &'static [u64], asking: u64) -> usize {
    let (tell, told) = oneshot::channel();
    Streams(PACE).execute(async move {
        if asking > 0 {
            let never = AnyBody::new(StreamBody::new(stream::pending::<Result<Frame<Bytes>, Status>>()));
            let request = Request::new(never, Stream::current());
            tokio::spawn(async move {
                sleep(Duration::from_secs(asking)).await;
                drop(request);
            });
        }
        let pieces = [bytes, bytes].map(|bytes| Ok::<_, Status>(Frame::data(Bytes::from(vec![0; bytes]))));
        let mut answer = Answer::new(AnyBody::new(StreamBody::new(stream::iter(pieces))), Stream::current());
        let mut count = Counted { bytes: 0, tell: Some(tell) };
        let mut waits = waits.iter();
        while let Some(frame) = answer.frame().await {
            let length = frame.expect("no error").into_data().expect("data").len();
            match waits.next() {
                Some(seconds) => sleep(Duration::from_secs(*seconds)).await,
                None => std::future::pending().await,
            }
            count.bytes += length;
        }
    });
    told.await.expect("told when the stream ends")
}

/// Tells when it is dropped how much there was.
struct Counted {
    bytes: usize,
    tell: Option<oneshot::Sender<usize>>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        let _ = self.tell.take().expect("once").send(self.bytes);
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_is_waited_for_at_a_pace_and_one_who_takes_nothing_only_so_long() {
    // Two pieces of 1,000 bytes are worth 20 seconds, and there are 10 of patience.
    assert_eq!(taken(1000, &[5, 9, 5, 9], 0).await, 2000);
    assert_eq!(taken(1000, &[], 0).await, 0);
    assert_eq!(taken(1000, &[21], 0).await, 0);
    assert_eq!(taken(1000, &[0, 0, 21], 0).await, 1000);
    // Small pieces are worth nothing, and each wait spends of the same patience.
    assert_eq!(taken(2, &[3, 3, 3], 0).await, 3);
    assert_eq!(taken(2, &[3, 3, 3, 3], 0).await, 3);
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_fast_is_no_credit_for_a_stall() {
    assert_eq!(taken(100_000, &[0, 0, 0], 0).await, 199_999);
    let began = Instant::now();
    assert_eq!(taken(100, &[0, 0, 0], 0).await, 199);
    assert!(began.elapsed() <= Duration::from_secs(12), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn who_still_sends_is_not_hurried_and_has_all_patience_afterwards() {
    assert_eq!(taken(10, &[60, 1, 1, 1], 65).await, 20);
    assert_eq!(taken(10, &[69, 1, 0, 0], 60).await, 20);
    assert_eq!(taken(10, &[71], 60).await, 0);
}

#[tokio::test]
async fn an_answer_is_the_same_and_says_how_large_it_is() {
    let stream = Arc::new(Stream::new(PACE));
    let mut answer = Answer::new(AnyBody::new(Full::from("abc")), Some(stream.clone()));
    assert_eq!(answer.size_hint().exact(), Some(3));
    let first = answer.frame().await.expect("a piece").expect("no error").into_data().expect("data");
    assert_eq!((&first[..], answer.size_hint().exact(), answer.is_end_stream()), (&b"ab"[..], Some(1), false));
    let last = answer.frame().await.expect("a piece").expect("no error").into_data().expect("data");
    assert_eq!((&last[..], answer.is_end_stream()), (&b"c"[..], true));
    assert!(Answer::new(AnyBody::new(Empty::new()), Some(stream)).is_end_stream());
}
