//! What is said to somebody, in parts, so that each medium lays it out in its own way: the list in the application as
//! text, a mail as text and as HTML.

use serde::{Deserialize, Serialize};

/// What is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Letter {
    /// One line.
    pub(crate) subject: String,
    pub(crate) parts: Vec<Part>,
}

/// A part of what is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
    /// A paragraph; its lines stay lines.
    Text(String),
    /// Names and values, one pair a line.
    Facts(Vec<(String, String)>),
    /// Where the matter is: what is to be found there, and its address.
    Link { label: String, url: String },
    /// What one types to see to it at the command line.
    Command(String),
}

impl Letter {
    pub(crate) fn new(subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), parts: Vec::new() }
    }

    pub(crate) fn text(self, text: impl Into<String>) -> Self {
        self.with(Part::Text(text.into()))
    }

    pub(crate) fn facts<const N: usize>(self, facts: [(&str, String); N]) -> Self {
        self.with(Part::Facts(facts.map(|(name, value)| (name.to_owned(), value)).into()))
    }

    pub(crate) fn link(self, label: impl Into<String>, url: impl Into<String>) -> Self {
        self.with(Part::Link { label: label.into(), url: url.into() })
    }

    pub(crate) fn command(self, command: impl Into<String>) -> Self {
        self.with(Part::Command(command.into()))
    }

    fn with(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    /// What a release has written that knew of no parts.
    pub(crate) fn of_text(subject: String, body: &str) -> Self {
        let paragraphs = body.split("\n\n").map(|text| text.trim_end().to_owned()).filter(|text| !text.is_empty());
        Self { subject, parts: paragraphs.map(Part::Text).collect() }
    }

    /// Where the matter itself is.
    pub(crate) fn first_link(&self) -> Option<&str> {
        self.parts.iter().find_map(|part| match part {
            Part::Link { url, .. } => Some(url.as_str()),
            _ => None,
        })
    }

    /// The parts as plain text, whose lines end with `\n`.
    pub(crate) fn body(&self) -> String {
        self.parts.iter().map(Part::in_text).collect::<Vec<_>>().join("\n")
    }
}

impl Part {
    fn in_text(&self) -> String {
        match self {
            Self::Text(text) => format!("{text}\n"),
            Self::Facts(facts) => {
                let width = facts.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default() + 3;
                let line = |(name, value): &(String, String)| format!("    {:width$}{value}\n", format!("{name}:"));
                facts.iter().map(line).collect()
            }
            Self::Link { label, url } => format!("{label}:\n{url}\n"),
            Self::Command(command) => format!("    {command}\n"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_paragraphs_and_facts_stand_in_a_column() {
        let letter = Letter::new("Subject")
            .text("It happened.")
            .facts([("When", "now".to_owned()), ("Address", "here".to_owned())])
            .link("See", "https://a.test/b")
            .command("labelmesh whoami");
        let text =
            "It happened.\n\n    When:     now\n    Address:  here\n\nSee:\nhttps://a.test/b\n\n    labelmesh whoami\n";
        assert_eq!(letter.body(), text);
    }

    #[test]
    fn what_an_older_release_wrote_says_the_same() {
        let body = "It happened.\n\n    When:  now\n    Where:  here\n\nSee\nhttps://a.test/b\n";
        assert_eq!(Letter::of_text("Subject".to_owned(), body).body(), body);
    }
}
