//! A file, read as its pieces arrive.

use crate::{Column, Options, decode::Decoding, lines::Lines, parser::Parser, row::Take};

/// Reads a file of records: CSV or, where it begins with a brace, JSON Lines.
///
/// Memory is bounded whatever the file: by a few lines of the greatest length that the options allow.
pub struct Reader {
    decoding: Decoding,
    lines: Lines,
    parser: Parser,
}

impl Reader {
    /// Reads these columns; rows give their fields in this order. Required ones come before the others.
    #[must_use]
    pub fn new(columns: impl Into<Vec<Column>>, options: Options) -> Self {
        Self {
            decoding: Decoding::default(),
            lines: Lines::new(options.longest),
            parser: Parser::new(columns.into(), options),
        }
    }

    /// Reads the next piece of the file, and gives what is complete by now to `take`, in the order of the lines.
    ///
    /// A problem that ends the file ([`Fault::ends_file`](crate::Fault::ends_file)) comes once, and nothing after it.
    pub fn push(&mut self, piece: &[u8], take: &mut Take<'_>) {
        self.read(piece, false, take);
    }

    /// Gives what is left to `take`, as the file ends here.
    pub fn finish(mut self, take: &mut Take<'_>) {
        self.read(&[], true, take);
        let Self { lines, parser, .. } = &mut self;
        lines.finish(|number, line| parser.line(number, line, take));
        parser.finish(take);
    }

    fn read(&mut self, piece: &[u8], last: bool, take: &mut Take<'_>) {
        let Self { decoding, lines, parser } = self;
        match decoding.decode(piece, last) {
            Ok(text) => lines.push(text, |number, line| parser.line(number, line, take)),
            Err(fault) => parser.end(1, fault, take),
        }
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader").finish_non_exhaustive()
    }
}
