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
    ///
    /// # Errors
    /// If a field holds a line break: the server takes the line for two.
    pub(crate) fn add(&mut self, from: u64, fields: &[&str]) -> Result<(), String> {
        if let Some(field) = fields.iter().find(|field| field.contains(['\r', '\n'])) {
            return Err(format!("{field:?} holds a line break; a field must stand on one line"));
        }
        for (place, field) in fields.iter().enumerate() {
            if place > 0 {
                self.text.push(',');
            }
            if field.contains([',', '"']) {
                self.text.push('"');
                self.text.push_str(&field.replace('"', "\"\""));
                self.text.push('"');
            } else {
                self.text.push_str(field);
            }
        }
        self.text.push('\n');
        self.ends.push((self.text.len(), from));
        Ok(())
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
        assert_eq!(lines.add(2, &["a", "b,\"c\""]), Ok(()));
        assert_eq!(lines.add(5, &["d", ""]), Ok(()));
        assert_eq!((lines.len(), lines.text(0), lines.text(1)), (2, "a,\"b,\"\"c\"\"\"\n", "d,\n"));
        assert_eq!((lines.from(0), lines.from(1)), (2, 5));
    }

    #[test]
    fn a_field_with_a_line_break_is_no_line() {
        let mut lines = Lines::default();
        for field in ["ann\nlee", "ann\rlee"] {
            assert!(lines.add(2, &["a", field]).is_err_and(|what| what.contains("line break")));
        }
        assert_eq!((lines.len(), lines.text.as_str()), (0, ""));
    }
}
