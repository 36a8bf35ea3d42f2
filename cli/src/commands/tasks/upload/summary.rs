//! What became of an upload.

use labelmesh_sdk::tasks::ImageNote;
use serde_json::{Value, json};

use crate::{
    exit::{Exit, Failure},
    output::{counted, shortened},
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
    pub(crate) present: Vec<Present>,
    /// Those in folders that were not sent, by name, and why.
    pub(crate) left_alone: Vec<(String, &'static str)>,
    pub(crate) refused: Vec<Refused>,
    /// Those that are taken, and that strict readers stop at.
    pub(crate) noted: Vec<Noted>,
}

/// A file that is an image of the task though something is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Noted {
    pub(crate) name: String,
    pub(crate) notes: Vec<ImageNote>,
}

/// What a note says of a file.
fn meaning(note: ImageNote) -> &'static str {
    match note {
        ImageNote::NoEnd => "it ends before its end marker",
        _ => "something beside its pixels is not as its format says",
    }
}

/// A file whose content the task has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Present {
    pub(crate) name: String,
    /// What the image is called.
    pub(crate) first_name: String,
}

impl Summary {
    pub(super) fn add(&mut self, part: Self) {
        self.added += part.added;
        self.present.extend(part.present);
        self.left_alone.extend(part.left_alone);
        self.refused.extend(part.refused);
        self.noted.extend(part.noted);
    }

    /// Notes what is wrong with a file that is taken, if anything is.
    pub(super) fn note(&mut self, name: &str, notes: Vec<ImageNote>) {
        if !notes.is_empty() {
            self.noted.push(Noted { name: name.to_owned(), notes });
        }
    }

    /// Puts all in an order that does not depend on what was ready first.
    pub(super) fn sort(&mut self) {
        self.present.sort_by(|a, b| a.name.cmp(&b.name));
        self.refused.sort_by(|a, b| a.name.cmp(&b.name));
        self.noted.sort_by(|a, b| a.name.cmp(&b.name));
    }

    /// How many there are of each kind; then what a client may miss, by name.
    pub(crate) fn text(&self) -> String {
        let Self { added, present, left_alone, refused, noted } = self;
        let mut text = format!("{} added, {} already there", counted(*added as u64, "image"), present.len());
        for (count, what) in [(left_alone.len(), "left alone"), (refused.len(), "refused")] {
            if count > 0 {
                text += &format!(", {count} {what}");
            }
        }
        text += ".";
        let elsewhere: Vec<&Present> = present.iter().filter(|file| file.name != file.first_name).collect();
        let elsewhere = elsewhere.iter().map(|file| format!("{}: the same picture as {}", file.name, file.first_name));
        let left_alone = left_alone.iter().map(|(name, why)| format!("{name}: left alone, as {why}"));
        for line in shortened(elsewhere).into_iter().chain(shortened(left_alone)) {
            text += &format!("\n  {line}");
        }
        if !noted.is_empty() {
            let count = counted(noted.len() as u64, "file");
            text +=
                &format!("\n{count} taken that strict readers such as Pillow may stop at, and a training with them:");
            let meanings = |notes: &[ImageNote]| notes.iter().map(|note| meaning(*note)).collect::<Vec<_>>().join(", ");
            for line in shortened(noted.iter().map(|file| format!("{}: {}", file.name, meanings(&file.notes)))) {
                text += &format!("\n  {line}");
            }
        }
        text
    }

    pub(super) fn json(&self, task: &str) -> Value {
        let refused = self.refused.iter();
        let refused: Vec<Value> =
            refused.map(|file| json!({"name": file.name, "reason": file.reason, "message": file.message})).collect();
        let present = self.present.iter();
        let present: Vec<Value> =
            present.map(|file| json!({"name": file.name, "presentAs": file.first_name})).collect();
        let noted = self.noted.iter().map(|Noted { name, notes }| {
            let notes: Vec<_> = notes.iter().map(|note| note.as_str_name()).collect();
            json!({"name": name, "notes": notes})
        });
        let noted: Vec<Value> = noted.collect();
        let left_alone = self.left_alone.iter();
        let left_alone: Vec<Value> = left_alone.map(|(name, why)| json!({"name": name, "message": why})).collect();
        json!({
            "taskId": task,
            "added": self.added,
            "present": present.len(),
            "presentFiles": present,
            "leftAlone": left_alone,
            "refused": refused,
            "noted": noted,
        })
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
    fn what_is_not_an_image_of_its_own_is_counted_and_named() {
        let present = |name: &str, first_name: &str| Present { name: name.into(), first_name: first_name.into() };
        let summary = Summary {
            added: 2,
            present: vec![present("a.png", "a.png"), present("copy.png", "a.png")],
            left_alone: vec![("notes.txt".to_owned(), "it is not a JPEG, PNG, WebP or GIF")],
            noted: vec![Noted { name: "a.png".into(), notes: vec![ImageNote::Malformed, ImageNote::NoEnd] }],
            refused: Vec::new(),
        };
        assert_eq!(
            summary.text(),
            "2 images added, 2 already there, 1 left alone.\n  copy.png: the same picture as a.png\n  \
             notes.txt: left alone, as it is not a JPEG, PNG, WebP or GIF\n\
             1 file taken that strict readers such as Pillow may stop at, and a training with them:\n  \
             a.png: something beside its pixels is not as its format says, it ends before its end marker"
        );
        let json = summary.json("t");
        assert_eq!((&json["present"], &json["presentFiles"][1]["presentAs"]), (&json!(2), &json!("a.png")));
        assert_eq!(json["leftAlone"][0]["name"], "notes.txt");
        assert_eq!(json["noted"][0]["notes"], json!(["IMAGE_NOTE_MALFORMED", "IMAGE_NOTE_NO_END"]));
    }

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
