//! What a job has used, and what it may not use any more.

use std::{
    collections::HashSet,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio_util::sync::CancellationToken;

use super::Limits;
use crate::Fault;

/// How many refusals are told.
const TOLD: usize = 16;
/// The longest host that is told, in characters. No name of DNS is longer.
const LONGEST: usize = 253;

/// One of the [`Limits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Of bytes.
    Bytes,
    /// Of requests.
    Requests,
    /// Of hosts.
    Hosts,
    /// Of time.
    Time,
}

/// A request that no server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The host as [`url::Url::host_str`] has it, or as it was sent where it is none.
    pub host: String,
    /// Why.
    pub fault: Fault,
}

/// What a job has used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes to and from servers, as [`Limits::bytes`] counts them.
    pub bytes: u64,
    /// Requests, also those that were refused.
    pub requests: u32,
    /// Hosts that were asked for.
    pub hosts: usize,
    /// The first requests that were refused or had no answer, each host once for each reason.
    pub refused: Vec<Refused>,
    /// The first limit that was reached, beyond which something was wanted.
    pub over: Option<Limit>,
}

/// Keeps count.
#[derive(Debug)]
pub(super) struct Ledger {
    limits: Limits,
    bytes: AtomicU64,
    book: Mutex<Book>,
    done: CancellationToken,
}

#[derive(Debug, Default)]
struct Book {
    requests: u32,
    hosts: HashSet<String>,
    refused: Vec<Refused>,
    over: Option<Limit>,
}

impl Ledger {
    pub(super) fn new(limits: Limits, done: CancellationToken) -> Self {
        Self { limits, bytes: AtomicU64::new(0), book: Mutex::default(), done }
    }

    /// Counts a request.
    pub(super) fn request(&self) -> Result<(), Limit> {
        let mut book = self.book();
        if book.requests >= self.limits.requests {
            return Err(book.beyond(Limit::Requests));
        }
        book.requests += 1;
        Ok(())
    }

    /// Counts a host, unless it is known.
    pub(super) fn host(&self, host: &str) -> Result<(), Limit> {
        let mut book = self.book();
        if book.hosts.contains(host) {
            return Ok(());
        }
        if book.hosts.len() >= self.limits.hosts {
            return Err(book.beyond(Limit::Hosts));
        }
        book.hosts.insert(host.to_owned());
        Ok(())
    }

    /// Counts bytes. Beyond the limit everything ends.
    pub(super) fn spend(&self, bytes: usize) -> Result<(), Limit> {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        if self.bytes.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= self.limits.bytes {
            return Ok(());
        }
        self.end(Limit::Bytes);
        Err(Limit::Bytes)
    }

    /// Notes that a host had no answer to give.
    pub(super) fn refuse(&self, host: &str, fault: Fault) {
        let refused = Refused { host: host.chars().take(LONGEST).collect(), fault };
        let mut book = self.book();
        if book.refused.len() < TOLD && !book.refused.contains(&refused) {
            book.refused.push(refused);
        }
    }

    /// Ends everything.
    pub(super) fn end(&self, limit: Limit) {
        self.book().beyond(limit);
        self.done.cancel();
    }

    pub(super) fn usage(&self) -> Usage {
        let book = self.book();
        Usage {
            bytes: self.bytes.load(Ordering::Relaxed),
            requests: book.requests,
            hosts: book.hosts.len(),
            refused: book.refused.clone(),
            over: book.over,
        }
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn beyond(&mut self, limit: Limit) -> Limit {
        self.over.get_or_insert(limit);
        limit
    }
}
