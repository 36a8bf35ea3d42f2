//! What became of sources.

use labelmesh_sdk::renditions::TransformationState;
use serde_json::{Value, json};

use crate::{
    exit::{Exit, Failure},
    images::File,
    output::{counted, shortened},
};

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Why {
    /// The reason of the contract, where the server gave one.
    reason: Option<String>,
    message: String,
}

/// What became of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Outcome {
    pub(super) name: String,
    /// Where it stands among those that were found; what can't be read stands first.
    pub(super) place: u64,
    /// What was asked for, where that was taken.
    pub(super) transformation: Option<(String, TransformationState)>,
    /// Its pictures: files, or images of the task.
    pub(super) files: Vec<String>,
    /// Why there is no picture, or not all of them.
    pub(super) why: Option<Why>,
}

/// What became of all.
#[derive(Debug)]
pub(super) struct Report {
    /// What pictures are made of, such as "file".
    pub(super) of: &'static str,
    pub(super) outcomes: Vec<Outcome>,
    /// Those in folders of which nothing is made, by name, and why.
    pub(super) left_alone: Vec<(String, &'static str)>,
    /// How many pictures are new where they go.
    pub(super) written: usize,
    /// How many were there already.
    pub(super) present: usize,
}

impl Default for Report {
    fn default() -> Self {
        Self { of: "file", outcomes: Vec::new(), left_alone: Vec::new(), written: 0, present: 0 }
    }
}

impl From<Failure> for Why {
    fn from(failure: Failure) -> Self {
        Self { reason: failure.reason, message: failure.message }
    }
}

impl Why {
    /// Something that no server says.
    pub(super) fn said(message: impl Into<String>) -> Self {
        Self { reason: None, message: message.into() }
    }

    /// The same as a server says it.
    pub(super) fn with_reason(message: String, reason: Option<String>) -> Self {
        Self { reason, message }
    }
}

impl Outcome {
    /// Nothing so far.
    pub(super) fn of(file: &File) -> Self {
        Self { name: file.name.clone(), place: file.place, transformation: None, files: Vec::new(), why: None }
    }

    /// The same where there is no picture.
    pub(super) fn without(self, why: Why) -> Self {
        Self { why: Some(why), ..self }
    }

    fn json(&self) -> Value {
        let Self { name, place: _, transformation, files, why } = self;
        json!({
            "name": name,
            "transformationId": transformation.as_ref().map(|(id, _)| id),
            "state": transformation.as_ref().map(|(_, state)| state.as_str_name()),
            "files": files,
            "reason": why.as_ref().and_then(|why| why.reason.as_ref()),
            "message": why.as_ref().map(|why| &why.message),
        })
    }
}

impl Report {
    /// Puts all in the order in which they were found.
    pub(super) fn sort(&mut self) {
        self.outcomes.sort_by(|a, b| (a.place, &a.name).cmp(&(b.place, &b.name)));
    }

    /// Those without a picture, or without all of them.
    fn failed(&self) -> impl Iterator<Item = (&Outcome, &Why)> {
        self.outcomes.iter().filter_map(|outcome| Some((outcome, outcome.why.as_ref()?)))
    }

    pub(super) fn json(&self, task: Option<&str>) -> Value {
        let failed = self.failed().count();
        let left_alone = self.left_alone.iter();
        let left_alone: Vec<Value> = left_alone.map(|(name, why)| json!({"name": name, "message": why})).collect();
        json!({
            "taskId": task,
            "sources": self.outcomes.len(),
            "made": self.outcomes.len() - failed,
            "failed": failed,
            "written": self.written,
            "present": self.present,
            "leftAlone": left_alone,
            "pictures": self.outcomes.iter().map(Outcome::json).collect::<Vec<_>>(),
        })
    }

    /// How many there are of each kind, then what is left alone.
    pub(super) fn text(&self) -> String {
        let Self { of, outcomes, left_alone, written, present } = self;
        let (pictures, sources) = (counted((written + present) as u64, "picture"), counted(outcomes.len() as u64, of));
        let mut text = format!("{pictures} of {sources}: {written} new, {present} already there");
        for (count, what) in [(left_alone.len(), "left alone"), (self.failed().count(), "failed")] {
            if count > 0 {
                text += &format!(", {count} {what}");
            }
        }
        text += ".";
        for line in shortened(left_alone.iter().map(|(name, why)| format!("{name}: left alone, as {why}"))) {
            text += &format!("\n  {line}");
        }
        text
    }

    /// What went wrong, if anything did: each source with its reason.
    pub(super) fn failure(&self) -> Option<Failure> {
        let details: Vec<String> = self
            .failed()
            .map(|(Outcome { name, .. }, Why { reason, message })| match reason {
                Some(reason) => format!("{name}: {message} [{reason}]"),
                None => format!("{name}: {message}"),
            })
            .collect();
        if details.is_empty() {
            return None;
        }
        let message = format!("{} gave no picture, or not all", counted(details.len() as u64, self.of));
        Some(Failure { details, ..Failure::new(Exit::Refused, message) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_each_is_counted_and_named() {
        let file = |name: &str, place| File { name: name.to_owned(), path: "x".into(), size: 1, place };
        let transformation = Some(("t".to_owned(), TransformationState::Succeeded));
        let made = Outcome { transformation, files: vec!["out/a.png".to_owned()], ..Outcome::of(&file("a.png", 1)) };
        let failed = Outcome::of(&file("b.png", 2))
            .without(Why::with_reason("it is none".to_owned(), Some("IMAGE_FORMAT_UNKNOWN".to_owned())));
        let left_alone = vec![("notes.txt".to_owned(), "it is hidden")];
        let mut report = Report { outcomes: vec![failed, made], left_alone, present: 1, ..Report::default() };
        report.sort();
        assert_eq!(
            report.text(),
            "1 picture of 2 files: 0 new, 1 already there, 1 left alone, 1 failed.\n  \
             notes.txt: left alone, as it is hidden"
        );
        let json = report.json(None);
        assert_eq!((&json["made"], &json["failed"], &json["present"]), (&json!(1), &json!(1), &json!(1)));
        let (first, second) = (&json["pictures"][0], &json["pictures"][1]);
        assert_eq!((&first["files"], &first["reason"]), (&json!(["out/a.png"]), &Value::Null));
        assert_eq!(first["state"], "TRANSFORMATION_STATE_SUCCEEDED");
        assert_eq!((&second["transformationId"], &second["reason"]), (&Value::Null, &json!("IMAGE_FORMAT_UNKNOWN")));
        let details = report.failure().map(|failure| failure.details);
        assert_eq!(details, Some(vec!["b.png: it is none [IMAGE_FORMAT_UNKNOWN]".to_owned()]));
    }
}
