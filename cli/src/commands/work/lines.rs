//! Labeling by lines, for scripts and for terminals that can't do more.

use std::{fs, path::PathBuf};

use labelmesh_sdk::subtasks::SkipReason;
use labelmesh_visible::find;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::sleep;

use super::{
    attention::{LEFT, heard},
    image::LeasedImage,
    queue::{Next, Outcome, Queue},
    reason,
};
use crate::{
    exit::Failure,
    output::{Output, print},
    terminal::Lines,
};

/// What a line asks for.
enum Answer {
    Label(String),
    Skip(SkipReason),
    Undo,
    Quit,
}

struct Dialogue {
    output: Output,
    answers: Lines,
    folder: TempDir,
}

pub(super) async fn work(queue: &mut Queue, output: Output) -> Result<(), Failure> {
    let mut dialogue = Dialogue { output, answers: Lines::of_input(), folder: tempfile::tempdir()? };
    let mut again: Option<LeasedImage> = None;
    loop {
        let image = match again.take() {
            Some(image) => image,
            None => match next(queue, output).await? {
                Some(image) => image,
                None => return Ok(()),
            },
        };
        let file = dialogue.ask(&image)?;
        let answer = dialogue.answer(queue, &image).await?;
        fs::remove_file(file)?;
        match answer {
            Answer::Quit => return Ok(()),
            Answer::Undo => match queue.back(&image) {
                Some(before) => again = Some(before),
                None => {
                    output.note("there is no image before");
                    again = Some(image);
                }
            },
            Answer::Skip(reason) => {
                let outcome = queue.skip(&image, reason).await?;
                dialogue.tell(&image, None, &outcome)?;
            }
            Answer::Label(label) => {
                let outcome = queue.vote(&image, &label).await?;
                dialogue.tell(&image, Some(&label), &outcome)?;
            }
        }
    }
}

async fn next(queue: &mut Queue, output: Output) -> Result<Option<LeasedImage>, Failure> {
    loop {
        match queue.next().await? {
            Next::Image(image) => return Ok(Some(image)),
            Next::Wait(_, time) => sleep(time).await,
            Next::Done(why) => {
                output.note(&why);
                return Ok(None);
            }
        }
    }
}

impl Dialogue {
    /// Writes the image to a file and names it with its labels.
    fn ask(&self, image: &LeasedImage) -> Result<PathBuf, Failure> {
        let lease = &image.lease;
        let file = self.folder.path().join(&lease.subtask_id);
        fs::write(&file, &image.picture)?;
        if self.output.json {
            let line = json!({
                "subtaskId": lease.subtask_id, "taskId": lease.task_id, "title": lease.title,
                "instructions": lease.instructions, "labels": lease.labels, "file": file,
            });
            print(&[line.to_string()])?;
        } else {
            let labels: Vec<String> =
                (1..).zip(&lease.labels).map(|(number, label): (u32, _)| format!("{number} {label}")).collect();
            print(&[format!("{}: {}  ({})", lease.title, file.display(), labels.join(", "))])?;
        }
        Ok(file)
    }

    /// The next line that makes sense; what is held is prolonged meanwhile.
    async fn answer(&mut self, queue: &mut Queue, image: &LeasedImage) -> Result<Answer, Failure> {
        loop {
            let line = match heard(queue, async { Ok(self.answers.next().await?) }).await? {
                Some(Some(line)) => line,
                Some(None) => return Ok(Answer::Quit),
                None => {
                    self.output.note(LEFT);
                    return Ok(Answer::Quit);
                }
            };
            match understand(&line, &image.lease.labels) {
                Some(answer) => return Ok(answer),
                None => {
                    let words = reason::words();
                    self.output.note(&format!(
                        "'{line}' is no label, nor :skip, :undo or :quit; after :skip may stand one of {words}"
                    ));
                }
            }
        }
    }

    fn tell(&self, image: &LeasedImage, label: Option<&str>, outcome: &Outcome) -> Result<(), Failure> {
        let (word, why) = match outcome {
            Outcome::Taken(outcome) => (outcome.as_str(), ""),
            Outcome::Late(why) => ("late", why.as_str()),
        };
        if self.output.json {
            let id = &image.lease.subtask_id;
            return print(&[json!({"subtaskId": id, "label": label, "outcome": word, "why": why}).to_string()]);
        }
        let label = label.map_or(String::new(), |label| format!("{label}: "));
        let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
        print(&[format!("  {label}{word}{why}")])
    }
}

fn understand(line: &str, labels: &[String]) -> Option<Answer> {
    let line = line.trim();
    match line {
        ":undo" => return Some(Answer::Undo),
        ":quit" => return Some(Answer::Quit),
        _ => {}
    }
    if let Some(why) = line.strip_prefix(":skip").filter(|why| why.is_empty() || why.starts_with(' ')) {
        return reason::of_word(why.trim()).map(Answer::Skip);
    }
    let number = || labels.get(line.parse::<usize>().ok()?.checked_sub(1)?);
    // A label that looks like a number is itself before it is one.
    let label = find(labels, line).map(|place| &labels[place]).or_else(number)?;
    Some(Answer::Label(label.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_label_its_number_or_a_word() {
        let labels = ["cat".to_owned(), "1".to_owned()];
        let label = |line: &str| match understand(line, &labels) {
            Some(Answer::Label(label)) => label,
            _ => String::new(),
        };
        assert_eq!(
            (label("cat"), label("1"), label("2"), label("0"), label("cow")),
            ("cat".into(), "1".into(), "1".into(), String::new(), String::new())
        );
        assert_eq!(label("\u{feff}cat"), "cat");
        let reason = |line: &str| match understand(line, &labels) {
            Some(Answer::Skip(reason)) => Some(reason),
            _ => None,
        };
        assert_eq!(reason(" :skip "), Some(SkipReason::Unspecified));
        assert_eq!(reason(":skip  no-label-fits"), Some(SkipReason::NoLabelFits));
        assert_eq!((reason(":skip because"), reason(":skipunclear")), (None, None));
        assert!(matches!(understand(":quit", &labels), Some(Answer::Quit)));
    }
}
