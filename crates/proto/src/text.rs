//! What the texts of requests may hold: no control characters, which some databases can't keep, nor marks that turn the
//! direction of writing, by which one text looks like another. They don't begin or end with what nobody sees, such as
//! the byte order mark of a file (`labelmesh-visible`).
//!
//! Every text of a request is checked, unless the contract says otherwise (`labelmesh.type.v1.text`).

use labelmesh_visible::is_framed_unseen;
use tonic_types::FieldViolation;

use crate::{refusal::Violations, r#type::v1::Text};

/// A message that may have texts.
pub trait Texts {
    /// Checks each text of the message; an answer has none that needs it.
    fn look(&self, _look: &mut Look<'_>) {}
}

/// What was found in the texts of a message.
#[derive(Debug)]
pub struct Look<'a> {
    /// The fields on the way to the present message, each followed by a full stop.
    path: String,
    found: &'a mut Violations,
}

impl<'a> Look<'a> {
    /// Adds the texts of a message that break their rule.
    pub(crate) fn at(message: &impl Texts, found: &'a mut Violations) {
        message.look(&mut Self { path: String::new(), found });
    }

    /// Checks a text, which may be one of several.
    pub(crate) fn text(&mut self, may_hold: Text, field: &str, index: Option<usize>, text: &str) {
        let rule = match may_hold {
            Text::Unspecified if text.contains(char::is_control) => "must not have control characters",
            Text::Unspecified if text.contains(['\u{2028}', '\u{2029}']) => "must be one line",
            Text::Unspecified if text.contains(turns_writing) => {
                "must not have marks that turn the direction of writing"
            }
            Text::Lines if text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) => {
                "must not have control characters other than line breaks and tabs"
            }
            Text::Unspecified | Text::Lines if is_framed_unseen(text) => {
                "must not begin or end with marks that nobody sees, such as a byte order mark"
            }
            Text::Unspecified | Text::Lines | Text::Any => return,
        };
        let path = &self.path;
        self.found.add(|| FieldViolation::new(format!("{path}{}", place(field, index)), rule));
    }

    /// Checks the texts of a message within, which may be one of several.
    pub(crate) fn within(&mut self, field: &str, index: Option<usize>, message: &impl Texts) {
        let outer = self.path.len();
        self.path.push_str(&place(field, index));
        self.path.push('.');
        message.look(self);
        self.path.truncate(outer);
    }
}

/// Unicode TR 36, 2.3.
fn turns_writing(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn place(field: &str, index: Option<usize>) -> String {
    index.map_or_else(|| field.to_owned(), |index| format!("{field}[{index}]"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks::v1::{CreateTaskRequest, GoldImage, SetGoldRequest};

    fn fields(message: &impl Texts) -> Vec<String> {
        let mut found = Violations::default();
        Look::at(message, &mut found);
        found.told().iter().map(|violation| violation.field.clone()).collect()
    }

    #[test]
    fn what_nobody_sees_is_found_in_every_text_of_a_request_and_its_field_named() {
        let request = CreateTaskRequest {
            title: "Pets\0".to_owned(),
            instructions: "Look.\r\n\tThen decide.".to_owned(),
            labels: ["cat", "dog\u{7f}", "owl\n", "\u{202e}tac"].map(str::to_owned).to_vec(),
            ..CreateTaskRequest::default()
        };
        assert_eq!(fields(&request), ["title", "labels[1]", "labels[2]", "labels[3]"]);
        assert_eq!(
            fields(&CreateTaskRequest { instructions: "bell\u{7}".to_owned(), ..Default::default() }),
            ["instructions"]
        );
    }

    #[test]
    fn no_text_begins_or_ends_unseen_and_signs_keep_their_selectors() {
        let request = CreateTaskRequest {
            title: "\u{feff}Pets".to_owned(),
            instructions: "Look.\u{200b}".to_owned(),
            labels: [
                "cat\u{2060}",
                "\u{2764}\u{fe0f}",
                "\u{1f468}\u{200d}\u{1f469}",
                "\u{ad}",
                "cat\u{fe0f}",
                "cat\u{2800}",
            ]
            .map(str::to_owned)
            .to_vec(),
            ..CreateTaskRequest::default()
        };
        assert_eq!(fields(&request), ["title", "instructions", "labels[0]", "labels[3]", "labels[4]", "labels[5]"]);
    }

    #[test]
    fn a_field_within_is_named_by_its_path() {
        let gold = |label: &str| GoldImage { label: label.to_owned(), ..GoldImage::default() };
        let request = SetGoldRequest { gold: vec![gold("cat"), gold("d\0g")], ..SetGoldRequest::default() };
        assert_eq!(fields(&request), ["gold[1].label"]);
    }
}
