//! A form (RFC 7578), read part by part. What it holds at a time is a piece of the body, or the head of one part.

use bytes::{Bytes, BytesMut};
use futures::StreamExt as _;

use crate::{
    BadUpload, UploadBody,
    head::Head,
    splitter::{Found, Splitter},
};

/// The most bytes between two chunks of files: boundaries, headers and fields that are no files. More is no upload.
const BETWEEN: usize = 1 << 20;
/// The longest end of a head: two line breaks.
const LONGEST_END: usize = 4;
const NO_END: &str = "the multipart body is malformed: it ends before its last boundary";

/// A form on its way in.
pub(crate) struct Form {
    body: UploadBody,
    splitter: Splitter,
    /// Where the reader is.
    place: Place,
    /// Content that came with the head of its part.
    begun: Bytes,
    /// How many bytes came since the last of a file.
    between: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a part, or before the first one.
    Within,
    /// Behind a boundary.
    Behind,
    /// Behind the last one.
    Over,
}

impl Form {
    pub(crate) fn new(body: UploadBody, boundary: &[u8]) -> Self {
        let splitter = Splitter::new(boundary);
        Self { body, splitter, place: Place::Within, begun: Bytes::new(), between: 0 }
    }

    /// The head of the next part; none behind the last one. What was not read of the part before is passed over.
    ///
    /// # Errors
    /// If the body breaks off, ends before its last boundary, or has too much that belongs to no file.
    pub(crate) async fn next(&mut self) -> Result<Option<Head>, BadUpload> {
        loop {
            while let Some(chunk) = self.more().await? {
                self.belongs_to_no_file(chunk.len())?;
            }
            if self.place == Place::Over {
                return Ok(None);
            }
            self.place = Place::Within;
            if let Some(lines) = self.head().await? {
                return Ok(Some(Head::read(&lines)));
            }
            // Each boundary is counted, since nothing may stand between them.
            self.belongs_to_no_file(1)?;
        }
    }

    /// The next chunk of the file that the part is; none at its end.
    ///
    /// # Errors
    /// As for [`next`](Self::next).
    pub(crate) async fn content(&mut self) -> Result<Option<Bytes>, BadUpload> {
        self.between = 0;
        self.more().await
    }

    async fn more(&mut self) -> Result<Option<Bytes>, BadUpload> {
        match std::mem::take(&mut self.begun) {
            begun if begun.is_empty() => self.chunk().await,
            begun => Ok(Some(begun)),
        }
    }

    /// The lines before the one that is empty; all, where none is. None where there are no bytes between two
    /// boundaries.
    async fn head(&mut self) -> Result<Option<BytesMut>, BadUpload> {
        let mut lines = BytesMut::new();
        while let Some(mut chunk) = self.chunk().await? {
            let before = lines.len();
            lines.extend_from_slice(&chunk);
            if let Some(end) = end(&lines, before.saturating_sub(LONGEST_END), self.splitter.has_carriage_returns()) {
                self.belongs_to_no_file(end - before)?;
                lines.truncate(end);
                self.begun = chunk.split_off(end - before);
                return Ok(Some(lines));
            }
            self.belongs_to_no_file(chunk.len())?;
        }
        Ok((!lines.is_empty()).then_some(lines))
    }

    /// The next chunk before the next boundary; none at that.
    async fn chunk(&mut self) -> Result<Option<Bytes>, BadUpload> {
        while self.place == Place::Within {
            match self.splitter.next() {
                Some(Found::Chunk(chunk)) => return Ok(Some(chunk)),
                Some(Found::Boundary) => self.place = Place::Behind,
                Some(Found::Last) => self.place = Place::Over,
                None => match self.body.next().await {
                    Some(Ok(bytes)) => self.splitter.add(&bytes),
                    Some(Err(status)) => return Err(BadUpload::BrokeOff(Some(status))),
                    None => return Err(BadUpload::Malformed(NO_END.to_owned())),
                },
            }
        }
        Ok(None)
    }

    fn belongs_to_no_file(&mut self, bytes: usize) -> Result<(), BadUpload> {
        self.between += bytes;
        match self.between {
            0..=BETWEEN => Ok(()),
            _ => Err(BadUpload::Malformed("too much that belongs to no file".to_owned())),
        }
    }
}

/// Where the content begins: behind the first empty line. `from` is a place before which there is none.
fn end(lines: &[u8], from: usize, has_carriage_returns: bool) -> Option<usize> {
    let empty: &[u8] = if has_carriage_returns { b"\r\n" } else { b"\n" };
    let starts = |at: usize| at == 0 || lines[at - 1] == b'\n';
    let is_empty = |at: usize| starts(at) && (lines[at..].starts_with(empty) || lines[at..].starts_with(b"\r\n"));
    let at = (from..lines.len()).find(|&at| is_empty(at))?;
    Some(at + if lines[at] == b'\r' { 2 } else { 1 })
}
