//! Text, cut into lines as its pieces arrive.

/// Cuts a text into lines of bounded length. Lines end with LF, CR LF or CR; the last one may lack its end.
pub(crate) struct Lines {
    longest: usize,
    /// How many lines were cut.
    count: u64,
    /// Whether the line before ended with CR: an LF that comes next, in whichever piece, belongs to it.
    returned: bool,
    /// What earlier pieces had of the present line, and whether it has become too long.
    kept: Vec<u8>,
    too_long: bool,
}

/// A line without its end; none where it was too long.
pub(crate) type Line<'a> = Option<&'a [u8]>;

impl Lines {
    pub(crate) fn new(longest: usize) -> Self {
        Self { longest, count: 0, returned: false, kept: Vec::new(), too_long: false }
    }

    /// Gives the lines that end in a piece to `take`, with their numbers from 1.
    pub(crate) fn push(&mut self, mut rest: &[u8], mut take: impl FnMut(u64, Line<'_>)) {
        if rest.is_empty() {
            return;
        }
        if std::mem::take(&mut self.returned) {
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            self.cut(&rest[..end], &mut take);
            let is_return = rest[end] == b'\r';
            rest = &rest[end + 1..];
            if is_return {
                self.returned = rest.is_empty();
                rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            }
        }
        self.keep(rest);
    }

    /// Gives the last line to `take` if it lacks its end.
    pub(crate) fn finish(&mut self, mut take: impl FnMut(u64, Line<'_>)) {
        if !self.kept.is_empty() || self.too_long {
            self.cut(&[], &mut take);
        }
    }

    fn cut(&mut self, end: &[u8], take: &mut impl FnMut(u64, Line<'_>)) {
        self.count += 1;
        if self.kept.is_empty() && !self.too_long {
            return take(self.count, (end.len() <= self.longest).then_some(end));
        }
        self.keep(end);
        take(self.count, (!self.too_long).then_some(self.kept.as_slice()));
        self.kept.clear();
        self.too_long = false;
    }

    fn keep(&mut self, piece: &[u8]) {
        if self.kept.len() + piece.len() > self.longest {
            self.too_long = true;
            self.kept.clear();
        }
        if !self.too_long {
            self.kept.extend_from_slice(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, size: usize, longest: usize) -> Vec<(u64, Option<String>)> {
        let (mut lines, mut read) = (Lines::new(longest), Vec::new());
        let mut take = |number, line: Line<'_>| {
            read.push((number, line.map(|line| String::from_utf8(line.to_vec()).expect("text"))));
        };
        text.as_bytes().chunks(size).for_each(|piece| lines.push(piece, &mut take));
        lines.finish(&mut take);
        read
    }

    #[test]
    fn a_line_ends_with_lf_or_cr_lf_or_cr_wherever_the_pieces_are() {
        let text = "one\rtwo\r\n\r\nfour\n\rsix";
        let expected = [(1, "one"), (2, "two"), (3, ""), (4, "four"), (5, ""), (6, "six")];
        let expected = expected.map(|(number, line)| (number, Some(line.to_owned())));
        for size in 1..=text.len() {
            assert_eq!(lines(text, size, 100), expected, "in pieces of {size}");
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_thrown_away_and_the_next_one_kept() {
        for size in 1..=12 {
            let read = lines("123456789\nfour", size, 4);
            assert_eq!(read, [(1, None), (2, Some("four".to_owned()))], "in pieces of {size}");
        }
    }
}
