//! Labeling with keys before a picture.

use console::{Key, Term, style};
use tokio::time::sleep;

use super::{
    attention::{LEFT, heard},
    choice::{Choice, fitting},
    desk::{Desk, Next, Outcome, Sheet},
    keyboard::Keyboard,
};
use crate::{
    exit::Failure,
    output::counted,
    preview::{Preview, Room},
};

/// Lines that are not the picture: title, instructions, labels, keys, and some air.
const OTHER_LINES: u32 = 9;

/// What a key asks for.
enum Wish {
    Vote(String),
    Skip,
    Back,
    /// What is still to be said.
    Leave(&'static str),
}

struct Screen {
    term: Term,
    preview: Preview,
    keyboard: Keyboard,
    /// What became of the last wish.
    news: String,
}

pub(super) async fn work(desk: &mut Desk, preview: Preview) -> Result<(), Failure> {
    let mut screen = Screen { term: Term::stdout(), preview, keyboard: Keyboard::open(), news: String::new() };
    let worked = screen.sheets(desk).await;
    screen.term.clear_screen()?;
    screen.term.show_cursor()?;
    if !screen.news.is_empty() {
        screen.term.write_line(&screen.news)?;
    }
    worked
}

impl Screen {
    async fn sheets(&mut self, desk: &mut Desk) -> Result<(), Failure> {
        let mut again: Option<Sheet> = None;
        loop {
            let sheet = match again.take() {
                Some(sheet) => sheet,
                None => match self.next(desk).await? {
                    Some(sheet) => sheet,
                    None => return Ok(()),
                },
            };
            match self.wish(desk, &sheet).await? {
                Wish::Leave(why) => {
                    why.clone_into(&mut self.news);
                    return Ok(());
                }
                Wish::Back => match desk.back(&sheet) {
                    Some(before) => {
                        self.news = "the image before: vote again, or Tab to leave it as it is".to_owned();
                        again = Some(before);
                    }
                    None => {
                        self.news = "there is no image before".to_owned();
                        again = Some(sheet);
                    }
                },
                Wish::Skip => self.news = told("", desk.skip(&sheet).await?),
                Wish::Vote(label) => {
                    let outcome = desk.vote(sheet, &label).await?;
                    self.news = told(&label, outcome);
                }
            }
        }
    }

    /// The next image, waiting for one where that is worth it.
    async fn next(&mut self, desk: &mut Desk) -> Result<Option<Sheet>, Failure> {
        loop {
            match desk.next().await? {
                Next::Sheet(sheet) => return Ok(Some(sheet)),
                Next::Done(why) => {
                    self.news = why;
                    return Ok(None);
                }
                Next::Wait(why, time) => {
                    self.show(&[
                        why,
                        format!("{} labeled. Waiting ...  [Esc] leave", counted(desk.voted().into(), "image")),
                    ])?;
                    tokio::select! {
                        key = self.keyboard.next() => if matches!(key?, Key::Escape | Key::CtrlC) {
                            self.news.clear();
                            return Ok(None);
                        },
                        () = sleep(time) => {}
                    }
                }
            }
        }
    }

    /// Shows an image and waits for what is to be done with it; what is held is prolonged meanwhile.
    async fn wish(&mut self, desk: &mut Desk, sheet: &Sheet) -> Result<Wish, Failure> {
        let choice = Choice::of(&sheet.lease.labels);
        let mut typed = String::new();
        loop {
            self.draw(desk, sheet, &choice, &typed)?;
            let Some(key) = heard(desk, self.keyboard.next()).await? else { return Ok(Wish::Leave(LEFT)) };
            if let Some(wish) = pressed(&key, sheet, &choice, &mut typed) {
                return Ok(wish);
            }
        }
    }

    fn draw(&mut self, desk: &Desk, sheet: &Sheet, choice: &Choice, typed: &str) -> Result<(), Failure> {
        let (rows, columns) = self.term.size();
        let room = Room { columns: u32::from(columns), rows: u32::from(rows).saturating_sub(OTHER_LINES).max(4) };
        let lease = &sheet.lease;
        let done = format!("{} labeled, {} held", desk.voted(), desk.held());
        let instructions = lease.instructions.lines().next().unwrap_or_default();
        let mut lines = vec![format!("{}   {}", style(&lease.title).bold(), style(done).dim())];
        lines.push(console::truncate_str(instructions, usize::from(columns), "…").into_owned());
        lines.push(self.preview.draw(&sheet.image, room));
        match choice {
            Choice::Keys(_) => lines.push(choice.legend(&lease.labels).join("   ")),
            Choice::Typed => {
                let fitting = fitting(&lease.labels, typed).join(", ");
                let line = format!("label: {typed}_   {}", style(fitting).dim());
                lines.push(console::truncate_str(&line, usize::from(columns), "…").into_owned());
            }
        }
        let keys = match choice {
            Choice::Keys(_) => "[Tab] skip   [Backspace] the image before   [Esc] leave",
            Choice::Typed => "[Enter] take   [Tab] skip   [Backspace] erase, the image before   [Esc] leave",
        };
        lines.push(style(keys).dim().to_string());
        lines.push(style(&self.news).cyan().to_string());
        self.show(&lines)
    }

    fn show(&mut self, lines: &[String]) -> Result<(), Failure> {
        // One write, so that nothing flickers.
        let text = format!("\x1b[?25l\x1b[2J\x1b[H{}", lines.join("\n"));
        self.term.write_str(&text)?;
        Ok(self.term.flush()?)
    }
}

/// What a key means; typed text gathers.
fn pressed(key: &Key, sheet: &Sheet, choice: &Choice, typed: &mut String) -> Option<Wish> {
    let labels = &sheet.lease.labels;
    match (key, choice) {
        (Key::Escape | Key::CtrlC, _) => return Some(Wish::Leave("")),
        (Key::Tab, _) => return Some(Wish::Skip),
        (Key::Backspace, _) if typed.is_empty() => return Some(Wish::Back),
        (Key::Backspace, _) => drop(typed.pop()),
        (Key::Char(key), Choice::Keys(_)) => {
            return choice.label(labels, *key).map(|label| Wish::Vote(label.to_owned()));
        }
        (Key::Char(key), Choice::Typed) => typed.push(*key),
        (Key::Enter, Choice::Typed) => {
            if let [only] = fitting(labels, typed)[..] {
                return Some(Wish::Vote(only.to_owned()));
            }
        }
        _ => {}
    }
    None
}

fn told(label: &str, outcome: Outcome) -> String {
    match outcome {
        Outcome::Taken(outcome) if label.is_empty() => outcome,
        Outcome::Taken(outcome) => format!("{label}: {outcome}"),
        Outcome::Late(why) => format!("too late: {why}"),
    }
}
