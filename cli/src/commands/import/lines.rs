//! The lines to send, in one piece of memory, and where each came from.

use serde::Serialize;

/// The lines of a JSON Lines file that is to be sent.
///
/// The server gets every file in this form. A record has one line in it, so the number of a problem line says which
/// record it is.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    text: Vec<u8>,
    /// Where each line ends in `text`, and its number in the user's file.
    ends: Vec<(usize, u64)>,
}

/// A line with a vote.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct VoteLine<'a> {
    pub(crate) image_id: &'a str,
    pub(crate) operator: &'a str,
    pub(crate) label: &'a str,
}

/// A line with a decision.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct DecisionLine<'a> {
    pub(crate) image_id: &'a str,
    pub(crate) label: &'a str,
    pub(crate) confidence: Option<f64>,
}

impl Lines {
    /// Adds a line, which stands on the line `from` of the user's file.
    pub(crate) fn add(&mut self, from: u64, line: &impl Serialize) {
        serde_json::to_writer(&mut self.text, line).expect("texts and numbers can be written to memory");
        self.text.push(b'\n');
        self.ends.push((self.text.len(), from));
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The line at a place.
    pub(crate) fn text(&self, place: usize) -> &[u8] {
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
        lines.add(2, &VoteLine { image_id: "a", operator: "b\n\"c\"", label: "d" });
        lines.add(5, &DecisionLine { image_id: "e", label: "f", confidence: None });
        assert_eq!(lines.text(0), b"{\"image_id\":\"a\",\"operator\":\"b\\n\\\"c\\\"\",\"label\":\"d\"}\n");
        assert_eq!(lines.text(1), b"{\"image_id\":\"e\",\"label\":\"f\",\"confidence\":null}\n");
        assert_eq!((lines.len(), lines.from(0), lines.from(1)), (2, 2, 5));
    }
}
