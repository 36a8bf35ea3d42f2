//! From pieces to files.

use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use labelmesh_errors::{Error, Reason, Result};
use tokio::{sync::mpsc, time::timeout};

use super::memory::{Memory, Place, SMALL_BYTES};
use crate::domain::Refusal;

/// How much of a file that is too large is read and thrown away, so that the files after it still come through. One that
/// goes on beyond ends the call.
const PATIENCE_BYTES: usize = 64 * 1024 * 1024;
/// How long one file may take: a client that sends a byte now and then must not hold memory for ever.
const FILE_TIME: Duration = Duration::from_secs(300);

/// The next piece of the present file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Piece {
    /// On a file's first piece.
    pub(crate) name: String,
    /// What the client says the bytes are, on a file's first piece.
    pub(crate) media_type: String,
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
    /// What the client says it is.
    pub(super) declared: String,
    /// All of it.
    pub(super) bytes: Bytes,
    /// Goes with the bytes.
    _place: Place,
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
        let file = timeout(FILE_TIME, collect(first, pieces.as_mut(), &memory));
        let file = file.await.map_err(|_| too_slow(&name))??;
        let (file, is_over) = match file {
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
            timeout(FILE_TIME, skip(pieces.as_mut(), &name)).await.map_err(|_| too_slow(&name))??;
        }
    }
    Ok(())
}

/// A file has more bytes than it may.
struct Overflow {
    /// Whether the piece with which that came to light was its last.
    is_over: bool,
}

async fn collect(
    first: Piece,
    mut pieces: std::pin::Pin<&mut (impl Stream<Item = Result<Piece>> + Send)>,
    memory: &Memory,
) -> Result<std::result::Result<Collected, Overflow>> {
    let mut place = memory.place().await?;
    let declared = first.media_type;
    let (mut data, mut last) = (first.data, first.last);
    let mut bytes = Vec::new();
    loop {
        let length = bytes.len() + data.len();
        if length > memory.max_file_bytes() {
            return Ok(Err(Overflow { is_over: last }));
        }
        place.reserve(length).await?;
        // Once, so that growing never holds a file twice; pages that are not written to cost nothing.
        if length > SMALL_BYTES && bytes.capacity() < memory.max_file_bytes() {
            bytes.reserve_exact(memory.max_file_bytes() - bytes.len());
        }
        bytes.extend_from_slice(&data);
        if last {
            place.shrink(bytes.len());
            return Ok(Ok(Collected { declared, bytes: bytes.into(), _place: place }));
        }
        let Some(piece) = pieces.next().await.transpose()? else { return Err(unfinished()) };
        (data, last) = (piece.data, piece.last);
    }
}

/// Reads on to the end of a file that was refused.
async fn skip(mut pieces: std::pin::Pin<&mut (impl Stream<Item = Result<Piece>> + Send)>, name: &str) -> Result<()> {
    let mut skipped = 0;
    loop {
        let Some(piece) = pieces.next().await.transpose()? else { return Err(unfinished()) };
        if piece.last {
            return Ok(());
        }
        skipped += piece.data.len();
        if skipped > PATIENCE_BYTES {
            let message = format!("the file {name:?} is far larger than an image may be");
            return Err(Error::new(Reason::RequestTooLarge, message));
        }
    }
}

fn unfinished() -> Error {
    Error::new(Reason::Malformed, "the stream ended within a file: its last piece must say so")
}

fn too_slow(name: &str) -> Error {
    let message = format!("the file {name:?} took longer than {} seconds", FILE_TIME.as_secs());
    Error::new(Reason::DeadlineExceeded, message)
}
