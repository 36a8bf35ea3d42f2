//! A mail server that delivers nothing: it keeps what it is given, to be read on a page, as files and by tests.

mod message;
mod page;
mod session;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use labelmesh_ephemeral::Scratch;
use tokio::sync::watch;

use crate::hosted::{Hosted, adopt, listen};
use crate::scratch::scratch;
use crate::{Error, free_port};

pub use message::Message;

/// How the server treats those who want to send.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Mood {
    /// Takes every message.
    #[default]
    Accept,
    /// Refuses every message for now (451): trying again later may help.
    Refuse,
    /// Refuses every message for good (550).
    Reject,
    /// Takes connections and never answers a command.
    Stall,
}

/// An SMTP server on the loopback interface and a page that shows what it caught. Dropping it stops both.
#[derive(Debug)]
pub struct Mail {
    smtp: SocketAddr,
    http: SocketAddr,
    catch: Arc<Catch>,
    server: Option<Hosted>,
    /// Removes a folder that is not kept.
    _scratch: Option<Scratch>,
}

/// What was caught and how the next sender is treated; outlives a stopped server.
#[derive(Debug)]
pub(crate) struct Catch {
    folder: PathBuf,
    messages: Mutex<Vec<Arc<Message>>>,
    count: watch::Sender<usize>,
    mood: watch::Sender<Mood>,
}

impl Mail {
    /// Starts the server and its page on free ports.
    ///
    /// Messages are kept as `.eml` files in `data_dir`, which is made if there is none and whose messages are shown
    /// again, or in a temporary folder that goes away with the server.
    ///
    /// # Errors
    /// If the folder can't be used or no port is free.
    pub async fn start(data_dir: Option<PathBuf>) -> Result<Self, Error> {
        let (folder, scratch) = match data_dir {
            Some(folder) => (folder, None),
            None => {
                let scratch = scratch()?;
                (scratch.path().to_owned(), Some(scratch))
            }
        };
        fs::create_dir_all(&folder).map_err(Error::io("could not make", &folder))?;
        let address = || {
            let port = free_port().map_err(Error::io("could not find a port on", Path::new("127.0.0.1")))?;
            Ok::<_, Error>(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
        };
        let catch = Arc::new(Catch::open(folder)?);
        let mut mail = Self { smtp: address()?, http: address()?, catch, server: None, _scratch: scratch };
        mail.restart().await?;
        Ok(mail)
    }

    /// Where to send, without encryption or a password.
    #[must_use]
    pub fn smtp_addr(&self) -> SocketAddr {
        self.smtp
    }

    /// Where the page is; `/messages` on it answers with JSON.
    #[must_use]
    pub fn http_addr(&self) -> SocketAddr {
        self.http
    }

    /// The folder with the messages as files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.catch.folder
    }

    /// What was caught so far, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<Arc<Message>> {
        self.catch.messages().clone()
    }

    /// Waits until `enough` says so of all messages so far, at most for `limit`; returns them in any case.
    pub async fn wait_until(&self, limit: Duration, enough: impl Fn(&[Arc<Message>]) -> bool) -> Vec<Arc<Message>> {
        let mut count = self.catch.count.subscribe();
        // Running out of time is an answer like any other: the caller sees from the messages what is missing.
        let _ = tokio::time::timeout(limit, count.wait_for(|_| enough(&self.catch.messages()))).await;
        self.messages()
    }

    /// How the server treats senders from now on; those that it has stalled go on.
    pub fn set_mood(&self, mood: Mood) {
        self.catch.mood.send_replace(mood);
    }

    /// Stops server and page at once, with connections as they are.
    pub async fn stop(&mut self) {
        self.server.take();
    }

    /// Starts them again on the same ports. Running ones are stopped first. The mood and what was caught stay.
    ///
    /// # Errors
    /// If a port was taken meanwhile.
    pub async fn restart(&mut self) -> Result<(), Error> {
        self.server.take();
        let (smtp, http) = (listen(self.smtp)?, listen(self.http)?);
        let catch = Arc::clone(&self.catch);
        self.server = Some(Hosted::start("mail", move || async move {
            tokio::join!(session::serve(adopt(smtp), Arc::clone(&catch)), page::serve(adopt(http), catch));
        })?);
        Ok(())
    }
}

impl Catch {
    /// Reads what is in the folder already.
    fn open(folder: PathBuf) -> Result<Self, Error> {
        let entries = fs::read_dir(&folder).map_err(Error::io("could not read", &folder))?;
        let mut paths: Vec<PathBuf> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|e| e == "eml"))
            .collect();
        paths.sort();
        let read = |path: &PathBuf| {
            let raw = fs::read(path).map_err(Error::io("could not read", path))?;
            Ok(Arc::new(Message::read(path, &raw)))
        };
        let messages = paths.iter().map(read).collect::<Result<Vec<_>, Error>>()?;
        let count = watch::Sender::new(messages.len());
        Ok(Self { folder, messages: Mutex::new(messages), count, mood: watch::Sender::default() })
    }

    pub(crate) fn messages(&self) -> MutexGuard<'_, Vec<Arc<Message>>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a message: first as a file, then in memory.
    fn keep(&self, raw: &[u8]) -> std::io::Result<()> {
        let count = {
            let mut messages = self.messages();
            let path = self.folder.join(format!("{:06}.eml", messages.len() + 1));
            fs::write(&path, raw)?;
            messages.push(Arc::new(Message::read(&path, raw)));
            messages.len()
        };
        self.count.send_replace(count);
        Ok(())
    }
}
