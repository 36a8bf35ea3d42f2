//! Puts the pieces of a file together.

use std::{pin::Pin, time::Duration};

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_proto::r#type::v1::Part;
use tokio::time::timeout;

/// How much of a file that is too large is read on, so that those after it come through.
const PATIENCE_BYTES: u64 = 64 << 20;
/// How long the next piece of a file may take.
const PIECE_WITHIN: Duration = Duration::from_secs(30);

/// A file.
#[derive(Debug)]
pub(super) struct Collected {
    /// As it was sent.
    pub(super) name: String,
    /// All of it; none where it has more bytes than a file may have.
    pub(super) bytes: Option<Bytes>,
}

/// The file of a stream that begins with a piece, of at most so many bytes.
///
/// # Errors
/// As [`super::upload_sources`].
pub(super) async fn collect(
    mut part: Part,
    mut parts: Pin<&mut (impl Stream<Item = Result<Part>> + Send)>,
    max_bytes: u64,
) -> Result<Collected> {
    let name = part.name.clone();
    let (mut bytes, mut length) = (BytesMut::new(), 0);
    loop {
        length += part.data.len() as u64;
        if length <= max_bytes {
            bytes.extend_from_slice(&part.data);
        } else {
            bytes = BytesMut::new();
        }
        if part.last {
            let bytes = (length <= max_bytes).then(|| bytes.freeze());
            return Ok(Collected { name, bytes });
        }
        if length > max_bytes + PATIENCE_BYTES {
            let message = format!("the file {name:?} is far larger than a source may be");
            return Err(Error::new(Reason::RequestTooLarge, message));
        }
        let next = timeout(PIECE_WITHIN, parts.next()).await.map_err(|_| {
            Error::new(Reason::DeadlineExceeded, format!("the next piece of the file {name:?} did not come in time"))
        })?;
        part = next.transpose()?.ok_or_else(|| {
            Error::new(Reason::Malformed, "the stream ended within a file: its last piece must say so")
        })?;
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    fn part(data: &'static [u8], last: bool) -> Result<Part> {
        Ok(Part { name: "cat.png".to_owned(), data: Bytes::from_static(data), last, ..Part::default() })
    }

    #[tokio::test]
    async fn files_follow_each_other_and_one_that_is_too_large_spoils_no_other() {
        let parts =
            vec![part(b"ab", false), part(b"cd", true), part(b"123", false), part(b"456", true), part(b"", true)];
        let mut parts = std::pin::pin!(stream::iter(parts));
        let mut found = Vec::new();
        while let Some(first) = parts.next().await {
            found.push(collect(first.expect("a piece"), parts.as_mut(), 4).await.expect("a file").bytes);
        }
        assert_eq!(found, [Some(Bytes::from_static(b"abcd")), None, Some(Bytes::new())]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_that_stops_within_a_file_is_no_upload() {
        let first = || part(b"ab", false).expect("a piece");
        let mut broken = std::pin::pin!(stream::iter([part(b"cd", false)]));
        assert_eq!(collect(first(), broken.as_mut(), 4).await.expect_err("broken").reason(), Reason::Malformed);
        let mut silent = std::pin::pin!(stream::pending());
        assert_eq!(collect(first(), silent.as_mut(), 4).await.expect_err("silent").reason(), Reason::DeadlineExceeded);
    }
}
