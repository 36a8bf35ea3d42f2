//! A record whose quote is open: it goes on in the next lines, unless the quote was a mistake.

/// A quoted field has fewer lines than this. What is read ahead in vain is bounded so.
const MOST_LINES: usize = 100;

/// The lines of a record that is not at its end.
#[derive(Debug, Default)]
pub(crate) struct Open {
    /// The number of its first line.
    pub(crate) number: u64,
    /// Its lines, joined by LF whatever ends them in the file.
    pub(crate) text: Vec<u8>,
    /// Where each line but the first begins.
    starts: Vec<usize>,
}

impl Open {
    /// A record that begins with this line.
    pub(crate) fn new(number: u64, line: &[u8]) -> Self {
        Self { number, text: line.to_vec(), starts: Vec::new() }
    }

    /// Adds a line; false where the record has become too long to be one.
    pub(crate) fn push(&mut self, line: &[u8], longest: usize) -> bool {
        self.text.push(b'\n');
        self.starts.push(self.text.len());
        self.text.extend_from_slice(line);
        self.starts.len() < MOST_LINES && self.text.len() <= longest
    }

    /// The lines after the first, with their numbers.
    pub(crate) fn rest(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let ends = self.starts.iter().skip(1).map(|start| start - 1).chain([self.text.len()]);
        let lines = self.starts.iter().zip(ends).map(|(&start, end)| &self.text[start..end]);
        (self.number + 1..).zip(lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_can_be_had_again() {
        let mut open = Open::new(7, b"\"a");
        assert!(open.push(b"", 5) && open.push(b"b", 5) && !open.push(b"c", 5));
        assert_eq!(open.text, b"\"a\n\nb\nc");
        assert_eq!(open.rest().collect::<Vec<_>>(), [(8, &b""[..]), (9, b"b"), (10, b"c")]);
        assert_eq!(Open::new(1, b"\"").rest().count(), 0);
    }
}
