//! Labeling with keys before a picture.

use std::{pin::pin, time::Duration};

use console::{Key, Term, style};
use labelmesh_sdk::subtasks::SkipReason;
use tokio::time::sleep;

use super::{
    attention::{LEFT, heard},
    choice::{Choice, fitting},
    image::LeasedImage,
    keyboard::Keyboard,
    queue::{Next, Outcome, Queue},
    reason::{self, REASONS},
};
use crate::{
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
    Skip(SkipReason),
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

pub(super) async fn work(queue: &mut Queue, preview: Preview) -> Result<(), Failure> {
    let mut screen = Screen { term: Term::stdout(), preview, keyboard: Keyboard::open(), news: String::new() };
    let worked = screen.images(queue).await;
    screen.term.clear_screen()?;
    screen.term.show_cursor()?;
    if !screen.news.is_empty() {
        screen.term.write_line(&screen.news)?;
    }
    worked
}

impl Screen {
    async fn images(&mut self, queue: &mut Queue) -> Result<(), Failure> {
        let mut again: Option<LeasedImage> = None;
        loop {
            let image = match again.take() {
                Some(image) => image,
                None => match self.next(queue).await? {
                    Some(image) => image,
                    None => return Ok(()),
                },
            };
            match self.wish(queue, &image).await? {
                Wish::Leave(why) => {
                    why.clone_into(&mut self.news);
                    return Ok(());
                }
                Wish::Interrupt => return Err(Failure::interrupted()),
                Wish::Back => match queue.back(&image) {
                    Some(before) => {
                        self.news = "the image before: vote again, or Tab to leave it as it is".to_owned();
                        again = Some(before);
                    }
                    None => {
                        self.news = "there is no image before".to_owned();
                        again = Some(image);
                    }
                },
                Wish::Skip(reason) => {
                    let skipped = self.awaited(queue.skip(&image, reason)).await?;
                    again = self.tell("skipped", "", skipped, image)?;
                }
                Wish::Vote(label) => {
                    let voted = self.awaited(queue.vote(&image, &label)).await?;
                    again = self.tell("counted", &label, voted, image)?;
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

    /// Remembers what became of a wish. The image stays where the server was away, so that the same can be wished
    /// again.
    fn tell(
        &mut self,
        wished: &str,
        label: &str,
        outcome: Result<Outcome, Failure>,
        image: LeasedImage,
    ) -> Result<Option<LeasedImage>, Failure> {
        let (told, again) = match outcome {
            Ok(Outcome::Taken(outcome)) => (outcome, None),
            Ok(Outcome::Late(why)) => (format!("too late: {why}"), None),
            Err(failure) if failure.is_passing() => {
                (format!("no answer yet; the same key tries again ({})", failure.message), Some(image))
            }
            Err(failure) => {
                let details = [vec![format!("the image shown last was not {wished}")], failure.details].concat();
                return Err(Failure { details, ..failure });
            }
        };
        self.news = if label.is_empty() { told } else { format!("{label}: {told}") };
        Ok(again)
    }

    /// The next image, waiting for one where that is worth it. A key that is pressed before it is shown is not meant
    /// for it.
    async fn next(&mut self, queue: &mut Queue) -> Result<Option<LeasedImage>, Failure> {
        loop {
            let next = tokio::select! {
                next = queue.next() => next,
                key = self.keyboard.leaving() => return self.left(&key?),
            };
            let (why, time) = match next {
                Ok(Next::Image(image)) => {
                    self.keyboard.forget();
                    return Ok(Some(image));
                }
                Ok(Next::Done(why)) => {
                    self.news = why;
                    return Ok(None);
                }
                Ok(Next::Wait(why, time)) => (why, time),
                Err(failure) if failure.is_passing() => (failure.message, AWAY),
                Err(failure) => return Err(failure),
            };
            let labeled = counted(queue.voted().into(), "image");
            self.show(&[why, format!("{labeled} labeled. Waiting ...  [Esc] leave")])?;
            tokio::select! {
                key = self.keyboard.leaving() => return self.left(&key?),
                () = sleep(time) => {}
            }
        }
    }

    /// Somebody leaves by this key.
    fn left(&mut self, key: &Key) -> Result<Option<LeasedImage>, Failure> {
        self.news.clear();
        if *key == Key::CtrlC { Err(Failure::interrupted()) } else { Ok(None) }
    }

    /// Shows an image and waits for what is to be done with it; what is held is prolonged meanwhile.
    async fn wish(&mut self, queue: &mut Queue, image: &LeasedImage) -> Result<Wish, Failure> {
        let choice = Choice::of(&image.lease.labels);
        let mut typed = String::new();
        loop {
            self.draw(queue, image, &choice, &typed)?;
            let Some(key) = heard(queue, self.keyboard.next()).await? else { return Ok(Wish::Leave(LEFT)) };
            match pressed(&key, image, &choice, &mut typed, &mut self.news) {
                // One that was voted for is left as it is, for which there is nothing to be said.
                Some(Wish::Skip(_)) if !image.voted => match self.reason(queue, image, &choice).await? {
                    Some(wish) => return Ok(wish),
                    None => self.news.clear(),
                },
                Some(wish) => return Ok(wish),
                None => {}
            }
        }
    }

    /// Asks why an image is skipped. The key that skips once more gives no reason; none is wished where somebody
    /// thinks better of it.
    async fn reason(
        &mut self,
        queue: &mut Queue,
        image: &LeasedImage,
        choice: &Choice,
    ) -> Result<Option<Wish>, Failure> {
        let why = REASONS.map(|(key, word, _)| format!("[{key}] {}", word.replace('-', " "))).join("   ");
        loop {
            self.news = format!("why?   {why}   [Tab] no reason   [Backspace] don't skip");
            self.draw(queue, image, choice, "")?;
            let Some(key) = heard(queue, self.keyboard.next()).await? else { return Ok(Some(Wish::Leave(LEFT))) };
            match key {
                Key::Tab => return Ok(Some(Wish::Skip(SkipReason::Unspecified))),
                Key::Backspace => return Ok(None),
                Key::Escape => return Ok(Some(Wish::Leave(""))),
                Key::CtrlC => return Ok(Some(Wish::Interrupt)),
                Key::Char(key) => {
                    if let Some(reason) = reason::of_key(key) {
                        return Ok(Some(Wish::Skip(reason)));
                    }
                }
                _ => {}
            }
        }
    }

    fn draw(&mut self, queue: &Queue, image: &LeasedImage, choice: &Choice, typed: &str) -> Result<(), Failure> {
        let (rows, columns) = self.term.size();
        let room = Room { columns: u32::from(columns), rows: u32::from(rows).saturating_sub(OTHER_LINES).max(4) };
        let lease = &image.lease;
        let done = format!("{} labeled, {} held", queue.voted(), queue.held());
        let instructions = lease.instructions.lines().next().unwrap_or_default();
        let mut lines = vec![format!("{}   {}", style(&lease.title).bold(), style(done).dim())];
        lines.push(console::truncate_str(instructions, usize::from(columns), "…").into_owned());
        lines.push(self.preview.draw(&image.picture, room));
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
fn pressed(key: &Key, image: &LeasedImage, choice: &Choice, typed: &mut String, news: &mut String) -> Option<Wish> {
    let labels = &image.lease.labels;
    match (key, choice) {
        (Key::Escape, _) => return Some(Wish::Leave("")),
        (Key::CtrlC, _) => return Some(Wish::Interrupt),
        (Key::Tab, _) => return Some(Wish::Skip(SkipReason::Unspecified)),
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
