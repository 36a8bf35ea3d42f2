//! What is asked of the person at the terminal, and leaving the terminal as it was found.

use std::{
    io::{self, BufRead as _, IsTerminal as _},
    os::fd::AsFd as _,
};

use console::Term;
use nix::sys::termios::{LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr};
use tokio::sync::mpsc;

use crate::exit::{Exit, Failure};

/// Puts the terminal back as it was, however a command ends.
pub(crate) struct Restore(Option<Termios>);

impl Restore {
    pub(crate) fn new() -> Self {
        Self(tcgetattr(io::stdin().as_fd()).ok())
    }

    /// The same, and until then every key is input by itself and nothing that is typed is shown. A terminal that
    /// gathers lines takes keys such as Backspace for itself while nobody reads. Ctrl-C interrupts all the same.
    pub(crate) fn keys() -> Self {
        let restore = Self::new();
        if let Some(mut keys) = restore.0.clone() {
            keys.local_flags.remove(LocalFlags::ECHO | LocalFlags::ICANON | LocalFlags::IEXTEN);
            keys.control_chars[SpecialCharacterIndices::VMIN as usize] = 1;
            keys.control_chars[SpecialCharacterIndices::VTIME as usize] = 0;
            let _ = tcsetattr(io::stdin().as_fd(), SetArg::TCSADRAIN, &keys);
        }
        restore
    }
}

impl Drop for Restore {
    fn drop(&mut self) {
        if let Some(before) = &self.0 {
            let _ = tcsetattr(io::stdin().as_fd(), SetArg::TCSADRAIN, before);
        }
    }
}

/// The lines of standard input, read beside the runtime, which a line that never comes would keep from ending.
pub(crate) struct Lines(mpsc::Receiver<io::Result<String>>);

impl Lines {
    pub(crate) fn of_input() -> Self {
        let (send, lines) = mpsc::channel(1);
        std::thread::spawn(move || {
            for line in io::stdin().lock().lines() {
                if send.blocking_send(line.map(without_mark)).is_err() {
                    return;
                }
            }
        });
        Self(lines)
    }

    /// The next line; nothing at the end of the input. May be given up and called again; no line is lost.
    pub(crate) async fn next(&mut self) -> io::Result<Option<String>> {
        self.0.recv().await.transpose()
    }
}

/// A line: asked for at a terminal, otherwise the next one of standard input.
pub(crate) async fn line(question: &str) -> Result<String, Failure> {
    let question = question.to_owned();
    asked(move || {
        if io::stdin().is_terminal() {
            Term::stderr().write_str(&format!("{question}: "))?;
        }
        next_line()
    })
    .await
}

/// A password: asked for at a terminal without showing it, otherwise the next line of standard input.
pub(crate) async fn password(question: &str) -> Result<String, Failure> {
    let question = question.to_owned();
    let restore = Restore::new();
    let password = asked(move || {
        if !io::stdin().is_terminal() {
            return next_line();
        }
        let term = Term::stderr();
        term.write_str(&format!("{question}: "))?;
        term.read_secure_line()
    })
    .await;
    drop(restore);
    password
}

fn next_line() -> io::Result<String> {
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidData => io::Error::new(error.kind(), "what is typed or sent here must be UTF-8"),
        _ => error,
    });
    if read? == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(without_mark(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// A line without the byte order mark that begins a file, or the part of one that was put together. Nobody types it.
fn without_mark(line: String) -> String {
    line.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(line)
}

/// Asks beside the runtime, so that Ctrl-C is heard meanwhile.
async fn asked(ask: impl FnOnce() -> io::Result<String> + Send + 'static) -> Result<String, Failure> {
    match tokio::task::spawn_blocking(ask).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Err(Failure::new(Exit::Usage, "standard input ended before the answer"))
        }
        Ok(Err(error)) => Err(error.into()),
        Err(error) => Err(Failure::new(Exit::Unexpected, error.to_string())),
    }
}

/// A new password: asked for twice at a terminal.
pub(crate) async fn new_password() -> Result<String, Failure> {
    let first = password("New password (8 to 72 bytes)").await?;
    if io::stdin().is_terminal() && password("The same again").await? != first {
        return Err(Failure::new(Exit::Usage, "the two passwords differ"));
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_of_a_file_is_no_part_of_its_line() {
        assert_eq!(without_mark("\u{feff}secret".to_owned()), "secret");
        assert_eq!(without_mark("secret\u{feff}".to_owned()), "secret\u{feff}");
    }
}
