//! From pieces of files to lines of bounded length.

use std::sync::Arc;

use bytes::{Buf as _, Bytes};
use futures::{Stream, StreamExt as _};
use labelmesh_errors::{Error, Reason, Result};

use super::Piece;

/// The longest line: what is longer holds no vote and is thrown away as it comes.
pub(super) const LONGEST_BYTES: usize = 16 * 1024;

/// A line of a file, without its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The file's name.
    pub(super) file: Arc<str>,
    /// From 1.
    pub(super) number: u64,
    /// The bytes; none where there were too many.
    pub(super) text: Option<Vec<u8>>,
}

/// Cuts files into lines as their pieces arrive. Lines end with LF, CR LF or CR; the last one may lack its end.
pub(super) struct Lines<S> {
    pieces: S,
    /// The name of the file under way.
    file: Option<Arc<str>>,
    number: u64,
    /// Whether the line before ended with CR: an LF that comes next, in whichever piece, belongs to it.
    returned: bool,
    /// What is read of the present line, and whether it has become too long.
    line: Vec<u8>,
    too_long: bool,
    /// What is left of the present piece, and whether that is the file's last.
    rest: Bytes,
    last: bool,
}

impl<S: Stream<Item = Result<Piece>> + Send + Unpin> Lines<S> {
    pub(super) fn new(pieces: S) -> Self {
        Self {
            pieces,
            file: None,
            number: 0,
            returned: false,
            line: Vec::new(),
            too_long: false,
            rest: Bytes::new(),
            last: false,
        }
    }

    /// The next line of the present file or the next one; none after the last file.
    ///
    /// # Errors
    /// MALFORMED for a stream that stops within a file; what the stream of pieces fails with.
    pub(super) async fn next(&mut self) -> Result<Option<Line>> {
        loop {
            if !self.rest.is_empty() && std::mem::take(&mut self.returned) && self.rest[0] == b'\n' {
                self.rest.advance(1);
            }
            if let Some(end) = self.rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
                let piece = self.rest.split_to(end);
                self.returned = self.rest.get_u8() == b'\r';
                self.keep(&piece);
                return Ok(Some(self.cut()));
            }
            let piece = std::mem::take(&mut self.rest);
            self.keep(&piece);
            if self.last {
                self.last = false;
                let unended = (!self.line.is_empty() || self.too_long).then(|| self.cut());
                self.file = None;
                if unended.is_some() {
                    return Ok(unended);
                }
            }
            if !self.read().await? {
                return Ok(None);
            }
        }
    }

    /// Reads the next piece; false at the end of all files.
    async fn read(&mut self) -> Result<bool> {
        let Some(piece) = self.pieces.next().await.transpose()? else {
            return match self.file {
                None => Ok(false),
                Some(_) => {
                    let message = "the stream ended within a file: its last piece must say so";
                    Err(Error::new(Reason::Malformed, message))
                }
            };
        };
        if self.file.is_none() {
            self.file = Some(piece.name.into());
            self.number = 0;
            self.returned = false;
        }
        self.rest = piece.data;
        self.last = piece.last;
        Ok(true)
    }

    fn keep(&mut self, piece: &[u8]) {
        if self.line.len() + piece.len() > LONGEST_BYTES {
            self.too_long = true;
            self.line.clear();
        }
        if !self.too_long {
            self.line.extend_from_slice(piece);
        }
    }

    fn cut(&mut self) -> Line {
        self.number += 1;
        let text = std::mem::take(&mut self.line);
        let text = (!std::mem::take(&mut self.too_long)).then_some(text);
        Line { file: self.file.clone().unwrap_or_default(), number: self.number, text }
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;

    fn piece(name: &str, data: &str, last: bool) -> Result<Piece> {
        Ok(Piece { name: name.to_owned(), data: Bytes::from(data.to_owned()), last })
    }

    async fn lines(pieces: Vec<Result<Piece>>) -> Result<Vec<(String, u64, Option<String>)>> {
        let mut lines = Lines::new(stream::iter(pieces));
        let mut read = Vec::new();
        while let Some(line) = lines.next().await? {
            let text = line.text.map(|text| String::from_utf8(text).expect("text"));
            read.push((line.file.to_string(), line.number, text));
        }
        Ok(read)
    }

    fn line(file: &str, number: u64, text: &str) -> (String, u64, Option<String>) {
        (file.to_owned(), number, Some(text.to_owned()))
    }

    #[tokio::test]
    async fn lines_are_cut_wherever_the_pieces_are() {
        let pieces = vec![piece("a", "on", false), piece("", "e\r\ntwo\n", false), piece("", "three", true)];
        let read = lines(pieces).await.expect("whole files");
        assert_eq!(read, [line("a", 1, "one"), line("a", 2, "two"), line("a", 3, "three")]);
    }

    #[tokio::test]
    async fn every_file_begins_with_its_first_line() {
        let pieces = vec![piece("a", "one\n", true), piece("b", "", false), piece("", "\nuno", true)];
        let read = lines(pieces).await.expect("whole files");
        assert_eq!(read, [line("a", 1, "one"), line("b", 1, ""), line("b", 2, "uno")]);
    }

    #[tokio::test]
    async fn a_line_ends_with_lf_or_cr_lf_or_cr_wherever_the_pieces_are() {
        let text = "one\rtwo\r\n\r\nfour\n\rsix";
        let expected = [(1, "one"), (2, "two"), (3, ""), (4, "four"), (5, ""), (6, "six")];
        let expected = expected.map(|(number, text)| line("a", number, text));
        for size in 1..=text.len() {
            let mut pieces: Vec<_> = text
                .as_bytes()
                .chunks(size)
                .map(|data| piece("a", str::from_utf8(data).expect("text"), false))
                .collect();
            pieces.push(piece("", "", true));
            assert_eq!(lines(pieces).await.expect("a whole file"), expected, "in pieces of {size}");
        }
        let read = lines(vec![piece("a", "one\r", true), piece("b", "\nuno\r", true)]).await.expect("whole files");
        assert_eq!(read, [line("a", 1, "one"), line("b", 1, ""), line("b", 2, "uno")]);
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_thrown_away_and_the_next_one_kept() {
        let long = "x".repeat(LONGEST_BYTES);
        let pieces = vec![piece("a", &long, false), piece("", &long, false), piece("", "x\nshort", true)];
        let read = lines(pieces).await.expect("whole files");
        assert_eq!(read, [("a".to_owned(), 1, None), line("a", 2, "short")]);
    }

    #[tokio::test]
    async fn a_stream_that_stops_within_a_file_is_malformed() {
        let refused = lines(vec![piece("a", "one\ntw", false)]).await.expect_err("cut off");
        assert_eq!(refused.reason(), Reason::Malformed);
    }
}
