//! Keys as they are pressed, one at a time, read beside the runtime.

use std::{io, os::fd::AsFd as _, thread};

use console::{Key, Term};
use nix::sys::termios::{FlushArg, tcflush};
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
        let restore = Restore::keys();
        let (ask, asked) = std::sync::mpsc::channel();
        let (send, keys) = mpsc::unbounded_channel();
        // No task of the runtime: a key that never comes would keep it from ending.
        thread::spawn(move || {
            let term = Term::stdout();
            while asked.recv().is_ok() && send.send(term.read_key_raw()).is_ok() {}
        });
        Self { ask, keys, waiting: false, _restore: restore }
    }

    /// Lets go of what was typed until now.
    pub(super) fn forget(&mut self) {
        // Without a terminal there is nothing to let go of.
        let _ = tcflush(io::stdin().as_fd(), FlushArg::TCIFLUSH);
        if self.keys.try_recv().is_ok() {
            self.waiting = false;
        }
    }

    /// Comes back when somebody wants to leave, with the key for it; other keys are let go.
    pub(super) async fn leaving(&mut self) -> Result<Key, Failure> {
        loop {
            let key = self.next().await?;
            if matches!(key, Key::Escape | Key::CtrlC) {
                return Ok(key);
            }
        }
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
