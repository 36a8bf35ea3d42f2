//! What became of an upload.

use serde_json::{Value, json};

use crate::{
    exit::{Exit, Failure},
    output::counted,
};

/// A file that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) name: String,
    /// The reason of the contract, where the server gave one.
    pub(crate) reason: Option<String>,
    pub(crate) message: String,
}

/// What became of the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) added: usize,
    /// Those whose content was there already.
    pub(crate) present: usize,
    pub(crate) refused: Vec<Refused>,
}

impl Summary {
    pub(super) fn add(&mut self, part: Self) {
        self.added += part.added;
        self.present += part.present;
        self.refused.extend(part.refused);
    }

    pub(crate) fn text(&self) -> String {
        let Self { added, present, refused } = self;
        let mut text = format!("{} added, {present} already there", counted(*added as u64, "image"));
        if !refused.is_empty() {
            text += &format!(", {} refused", refused.len());
        }
        text + "."
    }

    pub(super) fn json(&self, task: &str) -> Value {
        let refused = self.refused.iter();
        let refused: Vec<Value> =
            refused.map(|file| json!({"name": file.name, "reason": file.reason, "message": file.message})).collect();
        json!({"taskId": task, "added": self.added, "present": self.present, "refused": refused})
    }

    /// What went wrong, if anything did: each refused file with its reason.
    pub(crate) fn failure(&self) -> Option<Failure> {
        if self.refused.is_empty() {
            return None;
        }
        let message = match self.refused.len() {
            1 => "1 file was refused".to_owned(),
            many => format!("{many} files were refused"),
        };
        let details = self.refused.iter().map(|Refused { name, message, reason }| match reason {
            Some(reason) => format!("{name}: {message} [{reason}]"),
            None => format!("{name}: {message}"),
        });
        let details = details.collect();
        Some(Failure { details, ..Failure::new(Exit::Refused, message) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_file_is_named_with_its_reason_if_there_is_one() {
        let refused = |name: &str, reason: Option<&str>| Refused {
            name: name.into(),
            reason: reason.map(str::to_owned),
            message: "no".into(),
        };
        let refused = vec![refused("a.png", Some("IMAGE_TOO_LARGE")), refused("b.png", None)];
        let summary = Summary { refused, ..Summary::default() };
        let details = summary.failure().map(|failure| failure.details);
        assert_eq!(details, Some(vec!["a.png: no [IMAGE_TOO_LARGE]".to_owned(), "b.png: no".to_owned()]));
        assert_eq!(summary.json("t")["refused"][1]["reason"], Value::Null);
    }
}
