//! A multipart/form-data body (RFC 7578) that is made while it is sent.

use std::io;

use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use labelmesh_clock::Random;

use super::http::Body;

/// The bytes of a file as they are read.
pub(crate) type Piece = io::Result<Bytes>;

/// Files to send.
pub(crate) struct Multipart {
    boundary: String,
    pieces: futures::stream::BoxStream<'static, Piece>,
}

impl Multipart {
    /// A body of no files.
    pub(crate) fn new(random: &Random) -> Self {
        let boundary = format!("labelmesh-{:032x}", u128::from_le_bytes(random.bytes()));
        Self { boundary, pieces: stream::empty().boxed() }
    }

    /// The same with one file more.
    pub(crate) fn file(
        self,
        name: &str,
        media_type: &str,
        content: impl Stream<Item = Piece> + Send + 'static,
    ) -> Self {
        let head = format!(
            "--{}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{}\"\r\ncontent-type: {media_type}\r\n\r\n",
            self.boundary,
            quoted(name)
        );
        let one = |text: String| stream::once(async move { Ok(Bytes::from(text)) });
        let pieces = self.pieces.chain(one(head)).chain(content).chain(one("\r\n".to_owned())).boxed();
        Self { pieces, ..self }
    }

    pub(super) fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    pub(super) fn body(self) -> Body {
        let end = Bytes::from(format!("--{}--\r\n", self.boundary));
        let pieces = self.pieces.chain(stream::once(async move { Ok(end) }));
        StreamBody::new(pieces.map_ok(Frame::data)).boxed_unsync()
    }
}

/// A name within quotes; a line break can't stand in a header.
fn quoted(name: &str) -> String {
    name.replace('"', "\\\"").replace(['\r', '\n'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn files_stand_between_boundaries() {
        let content = stream::iter(["a", "b"].map(|piece| Ok(Bytes::from(piece))));
        let multipart = Multipart::new(&Random::seeded(1)).file("x \"1\".png", "image/png", content);
        let boundary = multipart.boundary.clone();
        let bytes = multipart.body().collect().await.expect("made in memory").to_bytes();
        let expected = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x \\\"1\\\".png\"\r\n\
             content-type: image/png\r\n\r\nab\r\n--{boundary}--\r\n"
        );
        assert_eq!(String::from_utf8_lossy(&bytes), expected);
    }
}
