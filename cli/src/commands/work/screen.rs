//! Labeling with keys before a picture.

use std::{pin::pin, time::Duration};

use console::{Key, Term, style};
use tokio::time::sleep;

use super::{
    attention::{LEFT, heard},
    choice::{Choice, fitting},
    desk::{Desk, Next, Outcome, Sheet},
    keyboard::Keyboard,
};
use crate::{
    api::is_passing,
    exit::Failure,
    output::counted,
    preview::{Preview, Room},
};

/// Lines that are not the picture: title, instructions, labels, keys, and some air.
const OTHER_LINES: u32 = 9;

/// An answer that takes longer is waited for with a word.
const SLOW: Duration = Duration::from_secs(1);
/// How long a server is left alone that was away.
const AWAY: Duration = Duration::from_secs(2);

/// What a key asks for.
enum Wish {
    Vote(String),
    Skip,
    Back,
    /// What is still to be said.
    Leave(&'static str),
    Interrupt,
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
                Wish::Interrupt => return Err(Failure::interrupted()),
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
                Wish::Skip => {
                    let skipped = self.awaited(desk.skip(&sheet)).await?;
                    again = self.tell("skipped", "", skipped, sheet)?;
                }
                Wish::Vote(label) => {
                    let voted = self.awaited(desk.vote(&sheet, &label)).await?;
                    again = self.tell("counted", &label, voted, sheet)?;
                }
            }
        }
    }

    /// Waits for the server, and says so where it takes its time.
    async fn awaited<T>(&self, call: impl Future<Output = T>) -> Result<T, Failure> {
        let mut call = pin!(call);
        tokio::select! {
            answer = &mut call => return Ok(answer),
            () = sleep(SLOW) => {}
        }
        // The cursor is behind the news.
        self.term.write_str(&format!("\r\x1b[2K{}", style("waiting for the server ...").cyan()))?;
        Ok(call.await)
    }

    /// Remembers what became of a wish. The image stays where the server was away, so that the same can be wished again.
    fn tell(
        &mut self,
        wished: &str,
        label: &str,
        outcome: Result<Outcome, Failure>,
        sheet: Sheet,
    ) -> Result<Option<Sheet>, Failure> {
        let (told, again) = match outcome {
            Ok(Outcome::Taken(outcome)) => (outcome, None),
            Ok(Outcome::Late(why)) => (format!("too late: {why}"), None),
            Err(failure) if is_passing(&failure) => {
                (format!("no answer yet; the same key tries again ({})", failure.message), Some(sheet))
            }
            Err(failure) => {
                let details = [vec![format!("the image shown last was not {wished}")], failure.details].concat();
                return Err(Failure { details, ..failure });
            }
        };
        self.news = if label.is_empty() { told } else { format!("{label}: {told}") };
        Ok(again)
    }

    /// The next image, waiting for one where that is worth it. A key that is pressed before it is shown is not meant for it.
    async fn next(&mut self, desk: &mut Desk) -> Result<Option<Sheet>, Failure> {
        loop {
            let next = tokio::select! {
                next = desk.next() => next,
                key = self.keyboard.leaving() => return self.left(&key?),
            };
            let (why, time) = match next {
                Ok(Next::Sheet(sheet)) => {
                    self.keyboard.forget();
                    return Ok(Some(sheet));
                }
                Ok(Next::Done(why)) => {
                    self.news = why;
                    return Ok(None);
                }
                Ok(Next::Wait(why, time)) => (why, time),
                Err(failure) if is_passing(&failure) => (failure.message, AWAY),
                Err(failure) => return Err(failure),
            };
            let labeled = counted(desk.voted().into(), "image");
            self.show(&[why, format!("{labeled} labeled. Waiting ...  [Esc] leave")])?;
            tokio::select! {
                key = self.keyboard.leaving() => return self.left(&key?),
                () = sleep(time) => {}
            }
        }
    }

    /// Somebody leaves by this key.
    fn left(&mut self, key: &Key) -> Result<Option<Sheet>, Failure> {
        self.news.clear();
        if *key == Key::CtrlC { Err(Failure::interrupted()) } else { Ok(None) }
    }

    /// Shows an image and waits for what is to be done with it; what is held is prolonged meanwhile.
    async fn wish(&mut self, desk: &mut Desk, sheet: &Sheet) -> Result<Wish, Failure> {
        let choice = Choice::of(&sheet.lease.labels);
        let mut typed = String::new();
        loop {
            self.draw(desk, sheet, &choice, &typed)?;
            let Some(key) = heard(desk, self.keyboard.next()).await? else { return Ok(Wish::Leave(LEFT)) };
            if let Some(wish) = pressed(&key, sheet, &choice, &mut typed, &mut self.news) {
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
        let news = console::truncate_str(&self.news, usize::from(columns), "…");
        lines.push(style(news).cyan().to_string());
        self.show(&lines)
    }

    fn show(&mut self, lines: &[String]) -> Result<(), Failure> {
        // One write, so that nothing flickers.
        let text = format!("\x1b[?25l\x1b[2J\x1b[H{}", lines.join("\n"));
        self.term.write_str(&text)?;
        Ok(self.term.flush()?)
    }
}

/// What a key means; typed text gathers. There is news where it means nothing.
fn pressed(key: &Key, sheet: &Sheet, choice: &Choice, typed: &mut String, news: &mut String) -> Option<Wish> {
    let labels = &sheet.lease.labels;
    match (key, choice) {
        (Key::Escape, _) => return Some(Wish::Leave("")),
        (Key::CtrlC, _) => return Some(Wish::Interrupt),
        (Key::Tab, _) => return Some(Wish::Skip),
        (Key::Backspace, _) if typed.is_empty() => return Some(Wish::Back),
        (Key::Backspace, _) => drop(typed.pop()),
        (Key::Char(key), Choice::Keys(_)) => match choice.label(labels, *key) {
            Some(label) => return Some(Wish::Vote(label.to_owned())),
            None => *news = format!("no label has the key '{key}'"),
        },
        (Key::Char(key), Choice::Typed) => typed.push(*key),
        (Key::Enter, Choice::Typed) => match fitting(labels, typed)[..] {
            [] => *news = format!("no label contains '{typed}'"),
            [only] => return Some(Wish::Vote(only.to_owned())),
            ref several => *news = format!("{} labels contain '{typed}': type on", several.len()),
        },
        _ => {}
    }
    None
}
