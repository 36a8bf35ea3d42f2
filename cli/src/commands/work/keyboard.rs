//! Keys as they are pressed, one at a time, read beside the runtime.

use std::{io, thread};

use console::{Key, Term};
use tokio::sync::mpsc;

use crate::{exit::Failure, terminal::Restore};

/// The keyboard. The terminal is as before when it is dropped.
pub(super) struct Keyboard {
    ask: std::sync::mpsc::Sender<()>,
    keys: mpsc::UnboundedReceiver<io::Result<Key>>,
    /// A key was asked for and has not come yet.
    waiting: bool,
    _restore: Restore,
}

impl Keyboard {
    pub(super) fn open() -> Self {
        let restore = Restore::new();
        let (ask, asked) = std::sync::mpsc::channel();
        let (send, keys) = mpsc::unbounded_channel();
        // No task of the runtime: a key that never comes would keep it from ending.
        thread::spawn(move || {
            let term = Term::stdout();
            while asked.recv().is_ok() && send.send(term.read_key_raw()).is_ok() {}
        });
        Self { ask, keys, waiting: false, _restore: restore }
    }

    /// The next key. May be given up and called again; no key is lost.
    pub(super) async fn next(&mut self) -> Result<Key, Failure> {
        let gone = || io::Error::from(io::ErrorKind::UnexpectedEof);
        if !self.waiting {
            self.ask.send(()).map_err(|_| gone())?;
            self.waiting = true;
        }
        let key = self.keys.recv().await.ok_or_else(gone)?;
        self.waiting = false;
        Ok(key?)
    }
}
