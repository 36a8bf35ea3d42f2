//! Splits a form at its boundaries (RFC 2046, 5.1.1), in whatever pieces it comes.

use bytes::{Buf as _, Bytes, BytesMut};
use memchr::{memmem::Finder, memrchr};

/// The most blanks behind a boundary in its line.
const LONGEST_PADDING: usize = 256;

/// What comes next in a form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Bytes before the next boundary.
    Chunk(Bytes),
    /// The line of a boundary, behind which a part begins.
    Boundary,
    /// The boundary behind which there is nothing.
    Last,
}

/// The bytes that came and were not given out. They are few, as long as what is found is taken: no more than a
/// boundary's line behind the last piece that was added.
pub(crate) struct Splitter {
    /// The boundary with two hyphens and the line break that is in front of it.
    boundary: Finder<'static>,
    buffer: BytesMut,
    /// How many bytes of the buffer belong to the boundary's line before. They stay there, since the boundary that ends
    /// an empty part may follow at once.
    line_break: usize,
    is_first: bool,
}

impl Splitter {
    /// A form whose boundary is this, which has no line breaks.
    pub(crate) fn new(boundary: &[u8]) -> Self {
        let boundary = Finder::new(&[b"\n--", boundary].concat()).into_owned();
        // The boundary may stand at the very beginning, as if it were behind a line.
        Self { boundary, buffer: BytesMut::from(&b"\n"[..]), line_break: 1, is_first: true }
    }

    /// More bytes have come.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Whether lines end with a carriage return and a line feed, as they should, and not with the latter alone. The
    /// first boundary's line shows it.
    pub(crate) fn has_carriage_returns(&self) -> bool {
        self.boundary.needle().starts_with(b"\r")
    }

    /// What comes next; none if more bytes are needed for that.
    pub(crate) fn next(&mut self) -> Option<Found> {
        let mut from = 0;
        while let Some(at) = self.boundary.find(&self.buffer[from..]).map(|at| from + at) {
            let behind = at + self.boundary.needle().len();
            match Behind::of(&self.buffer[behind..]) {
                Behind::NotYet => return self.chunk(at),
                Behind::Other => from = at + 1,
                Behind::Hyphens => return Some(self.chunk(at).unwrap_or(Found::Last)),
                Behind::LineBreak { at: padding, length } => {
                    return Some(self.chunk(at).unwrap_or_else(|| self.line(padding, length)));
                }
            }
        }
        self.chunk(self.buffer.len() - self.begun())
    }

    /// The bytes before a place, if there are any.
    fn chunk(&mut self, end: usize) -> Option<Found> {
        // Nothing is taken before a boundary that stands in front.
        if end == 0 {
            return None;
        }
        let mut bytes = self.buffer.split_to(end);
        bytes.advance(std::mem::take(&mut self.line_break).min(end));
        (!bytes.is_empty()).then(|| Found::Chunk(bytes.freeze()))
    }

    /// Takes the boundary that stands in front, and leaves its line break.
    fn line(&mut self, padding: usize, length: usize) -> Found {
        self.buffer.advance(self.boundary.needle().len() + padding);
        self.line_break = length;
        if std::mem::take(&mut self.is_first) && length == 2 {
            let boundary = [b"\r", self.boundary.needle()].concat();
            self.boundary = Finder::new(&boundary).into_owned();
        } else if length == 2 && !self.has_carriage_returns() {
            // A file may end with a carriage return of its own, so these are no part of a boundary.
            self.buffer.advance(1);
            self.line_break = 1;
        }
        Found::Boundary
    }

    /// How many of the last bytes may be the beginning of a boundary.
    fn begun(&self) -> usize {
        let boundary = self.boundary.needle();
        let last = &self.buffer[self.buffer.len().saturating_sub(boundary.len() - 1)..];
        let at = memrchr(boundary[0], last).filter(|&at| boundary.starts_with(&last[at..]));
        at.map_or(0, |at| last.len() - at)
    }
}

/// What stands behind a boundary.
enum Behind {
    /// Too little to tell.
    NotYet,
    /// What makes it no boundary, but bytes of a part.
    Other,
    Hyphens,
    LineBreak {
        at: usize,
        length: usize,
    },
}

impl Behind {
    fn of(bytes: &[u8]) -> Self {
        if matches!(bytes, [] | [b'-']) {
            return Self::NotYet;
        }
        if bytes.starts_with(b"--") {
            return Self::Hyphens;
        }
        let padding = bytes.iter().take_while(|byte| b" \t".contains(byte)).count();
        if padding > LONGEST_PADDING {
            return Self::Other;
        }
        match &bytes[padding..] {
            [] | [b'\r'] => Self::NotYet,
            [b'\n', ..] => Self::LineBreak { at: padding, length: 1 },
            [b'\r', b'\n', ..] => Self::LineBreak { at: padding, length: 2 },
            _ => Self::Other,
        }
    }
}
