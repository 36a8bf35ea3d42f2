//! Puts pieces together into files.

use std::{pin::Pin, time::Duration};

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use labelmesh_errors::{Error, Reason, Result};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};

use super::memory::{Memory, Reservation, SMALL_BYTES};
use crate::domain::Refusal;

/// How much of a file that is too large is read and thrown away, so that the files after it still come through. One
/// that goes on beyond ends the call.
const PATIENCE_BYTES: usize = 64 * 1024 * 1024;
/// How long a client may be waited for within a file, in all: one that sends a byte now and then must not hold memory
/// for long.
const GRACE: Duration = Duration::from_secs(30);
/// So many bytes give it a second more.
const BYTES_A_SECOND: usize = 16 * 1024;

/// The next piece of the present file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Piece {
    /// On a file's first piece.
    pub(crate) name: String,
    /// The bytes.
    pub(crate) data: Bytes,
    /// Whether the file ends here.
    pub(crate) last: bool,
}

/// A file that has come to its end, or to the end of our patience.
#[derive(Debug)]
pub(super) enum Arrived {
    /// With all its bytes.
    Whole { index: u64, name: String, file: Collected },
    /// It was not kept.
    Refused { index: u64, name: String, refusal: Refusal },
}

/// A file in memory.
#[derive(Debug)]
pub(super) struct Collected {
    /// All of it.
    pub(super) bytes: Bytes,
    /// Goes with the bytes.
    _memory: Reservation,
}

impl Collected {
    /// Bytes that are all there, in memory that was set aside for them.
    pub(super) fn new(bytes: Bytes, memory: Reservation) -> Self {
        Self { bytes, _memory: memory }
    }
}

/// Puts the pieces together and passes each file on; waits for memory and for whoever takes the files.
pub(super) async fn collect_files(
    pieces: impl Stream<Item = Result<Piece>> + Send,
    memory: Memory,
    arrived: mpsc::Sender<Arrived>,
) -> Result<()> {
    let mut pieces = std::pin::pin!(pieces);
    for index in 0.. {
        let Some(first) = pieces.next().await.transpose()? else { break };
        let name = first.name.clone();
        let mut rest = Rest { pieces: pieces.as_mut(), name: &name, bytes: first.data.len(), waited: Duration::ZERO };
        let (file, is_over) = match collect(first, &mut rest, &memory).await? {
            Ok(file) => (Arrived::Whole { index, name: name.clone(), file }, true),
            Err(Overflow { is_over }) => {
                let refusal = Refusal::TooLarge { max_bytes: memory.max_file_bytes() };
                (Arrived::Refused { index, name: name.clone(), refusal }, is_over)
            }
        };
        if arrived.send(file).await.is_err() {
            // Whoever takes the files has failed and says why.
            return Ok(());
        }
        if !is_over {
            skip(&mut rest).await?;
        }
    }
    Ok(())
}

/// What is to come of a file.
struct Rest<'a, S> {
    pieces: Pin<&'a mut S>,
    name: &'a str,
    /// How much of it has come.
    bytes: usize,
    /// How long the client was waited for; that it had to wait for memory does not count.
    waited: Duration,
}

impl<S: Stream<Item = Result<Piece>> + Send> Rest<'_, S> {
    async fn next(&mut self) -> Result<Piece> {
        let allowed = GRACE + Duration::from_secs((self.bytes / BYTES_A_SECOND) as u64);
        let begun = Instant::now();
        let piece = timeout(allowed.saturating_sub(self.waited), self.pieces.next()).await;
        let piece = piece.map_err(|_| too_slow(self.name))?.ok_or_else(unfinished)??;
        self.waited += begun.elapsed();
        self.bytes += piece.data.len();
        Ok(piece)
    }
}

/// A file has more bytes than it may.
struct Overflow {
    /// Whether the piece with which that came to light was its last.
    is_over: bool,
}

async fn collect(
    first: Piece,
    rest: &mut Rest<'_, impl Stream<Item = Result<Piece>> + Send>,
    memory: &Memory,
) -> Result<std::result::Result<Collected, Overflow>> {
    let mut reservation = memory.reserve().await?;
    let (mut data, mut last) = (first.data, first.last);
    if last && data.len() <= memory.max_file_bytes() {
        // A file of one piece stays where it was received.
        reservation.grow(data.len()).await?;
        reservation.shrink(data.len());
        return Ok(Ok(Collected { bytes: data, _memory: reservation }));
    }
    let mut bytes = Vec::new();
    loop {
        let length = bytes.len() + data.len();
        if length > memory.max_file_bytes() {
            return Ok(Err(Overflow { is_over: last }));
        }
        reservation.grow(length).await?;
        // Once, so that growing never holds a file twice; pages that are not written to cost nothing.
        if length > SMALL_BYTES && bytes.capacity() < memory.max_file_bytes() {
            bytes.reserve_exact(memory.max_file_bytes() - bytes.len());
        }
        bytes.extend_from_slice(&data);
        if last {
            reservation.shrink(bytes.len());
            return Ok(Ok(Collected { bytes: bytes.into(), _memory: reservation }));
        }
        let piece = rest.next().await?;
        (data, last) = (piece.data, piece.last);
    }
}

/// Reads on to the end of a file that was refused.
async fn skip(rest: &mut Rest<'_, impl Stream<Item = Result<Piece>> + Send>) -> Result<()> {
    let mut skipped = 0;
    loop {
        let piece = rest.next().await?;
        if piece.last {
            return Ok(());
        }
        skipped += piece.data.len();
        if skipped > PATIENCE_BYTES {
            let message = format!("the file {:?} is far larger than an image may be", rest.name);
            return Err(Error::new(Reason::RequestTooLarge, message));
        }
    }
}

fn unfinished() -> Error {
    Error::new(Reason::Malformed, "the stream ended within a file: its last piece must say so")
}

fn too_slow(name: &str) -> Error {
    let (seconds, kib) = (GRACE.as_secs(), BYTES_A_SECOND / 1024);
    let message = format!("the file {name:?} came too slowly: after {seconds} seconds less than {kib} KiB a second");
    Error::new(Reason::DeadlineExceeded, message)
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use tokio::time::sleep;

    use super::*;

    #[tokio::test]
    async fn a_file_of_one_piece_is_not_copied() {
        let data = Bytes::from(vec![7; 100]);
        let piece = Piece { data: data.clone(), last: true, ..Piece::default() };
        let (arrived, mut files) = mpsc::channel(1);
        collect_files(stream::iter([Ok(piece)]), Memory::new(1 << 20, 1 << 20), arrived).await.expect("collected");
        let Some(Arrived::Whole { file, .. }) = files.recv().await else { panic!("a whole file") };
        assert_eq!(file.bytes.as_ptr_range(), data.as_ptr_range());
    }

    /// A file of so many pieces of so many bytes, each after a while.
    async fn collected(count: usize, bytes: usize, pause: Duration) -> Result<Vec<Arrived>> {
        let pieces = stream::iter(0..count).then(move |number| async move {
            sleep(pause).await;
            let data = Bytes::from(vec![0; bytes]);
            Ok(Piece { name: "cat.png".into(), data, last: number + 1 == count })
        });
        let (arrived, mut files) = mpsc::channel(count);
        collect_files(pieces, Memory::new(1 << 20, 1 << 20), arrived).await?;
        let mut all = Vec::new();
        while let Some(file) = files.recv().await {
            all.push(file);
        }
        Ok(all)
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_client_is_waited_for_and_one_that_only_holds_memory_is_not() {
        // Almost a minute for 640 KiB.
        let slow = collected(10, 64 * 1024, Duration::from_secs(6)).await.expect("waits");
        assert!(matches!(&slow[..], [Arrived::Whole { file, .. }] if file.bytes.len() == 640 * 1024));
        let begun = Instant::now();
        let error = collected(100, 1, Duration::from_secs(4)).await.expect_err("gives up");
        assert_eq!((error.reason(), begun.elapsed()), (Reason::DeadlineExceeded, GRACE + Duration::from_secs(4)));
        assert!(error.to_string().contains("cat.png"), "{error}");
    }
}
