//! An object on its way out.

use aws_sdk_s3::{operation::get_object::GetObjectOutput, primitives::ByteStream};
use bytes::{Bytes, BytesMut};
use futures::Stream;
use labelmesh_errors::{Error, Result};

/// An object to be read piece by piece; never wholly in memory unless the reader collects it.
#[derive(Debug)]
pub struct Object {
    /// The size in bytes.
    pub size: u64,
    /// What the bytes are, such as `image/png`.
    pub media_type: String,
    body: ByteStream,
}

impl Object {
    pub(crate) fn new(output: GetObjectOutput) -> Self {
        Self {
            size: output.content_length.and_then(|length| length.try_into().ok()).unwrap_or_default(),
            media_type: output.content_type.unwrap_or_else(|| "application/octet-stream".to_owned()),
            body: output.body,
        }
    }

    /// The next piece, or `None` after the last.
    ///
    /// # Errors
    /// If the connection broke: what was read so far is not the whole.
    pub async fn next(&mut self) -> Result<Option<Bytes>> {
        self.body.try_next().await.map_err(Error::unavailable)
    }

    /// The pieces as a stream, which ends after the first error.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes>> + Send {
        futures::stream::try_unfold(self, |mut object| async move {
            let piece = object.next().await?;
            Ok(piece.map(|piece| (piece, object)))
        })
    }

    /// All bytes at once: for objects known to be small.
    ///
    /// # Errors
    /// As [`Object::next`].
    pub async fn bytes(mut self) -> Result<Bytes> {
        let mut all = BytesMut::new();
        while let Some(piece) = self.next().await? {
            all.extend_from_slice(&piece);
        }
        Ok(all.freeze())
    }
}
