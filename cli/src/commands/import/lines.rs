//! Lines to send, in one piece of memory, with where each came from.

/// The lines of a CSV file that is to be sent.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    text: String,
    /// Where each line ends in `text`, and its number in the user's file.
    ends: Vec<(usize, u64)>,
}

impl Lines {
    /// Adds a line, which was the line `from` of the user's file.
    pub(crate) fn add(&mut self, from: u64, fields: &[&str]) {
        for (place, field) in fields.iter().enumerate() {
            if place > 0 {
                self.text.push(',');
            }
            if field.contains([',', '"', '\r', '\n']) {
                self.text.push('"');
                self.text.push_str(&field.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(field);
            }
        }
        self.text.push('\n');
        self.ends.push((self.text.len(), from));
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The line at a place.
    pub(crate) fn text(&self, place: usize) -> &str {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before].0);
        &self.text[start..self.ends[place].0]
    }

    /// The number in the user's file of the line at a place.
    pub(crate) fn from(&self, place: usize) -> u64 {
        self.ends[place].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_kept_with_their_numbers() {
        let mut lines = Lines::default();
        lines.add(2, &["a", "b,\"c\""]);
        lines.add(5, &["d", ""]);
        assert_eq!((lines.len(), lines.text(0), lines.text(1)), (2, "a,\"b,\"\"c\"\"\"\n", "d,\n"));
        assert_eq!((lines.from(0), lines.from(1)), (2, 5));
    }
}
