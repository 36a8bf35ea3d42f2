//! A browser that runs.

use std::{
    path::Path,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    runtime::Handle,
    time::{Instant, MissedTickBehavior, interval, timeout},
};

use crate::{Config, Error, child::Process, memory, pipe::Connection};

/// How long it may take to start.
const START: Duration = Duration::from_secs(60);
/// How long the browser itself, and not a page, may take to answer. One that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often its memory is looked at.
const LOOK: Duration = Duration::from_secs(5);

/// A browser that runs, until the value is dropped.
pub(crate) struct Running {
    pub(crate) connection: Connection,
    pub(crate) runtime: Handle,
    process: Process,
    limits: Limits,
    started: Instant,
    jobs: AtomicU32,
    /// Whether it has too much memory for another job.
    is_worn: AtomicBool,
}

struct Limits {
    jobs: u32,
    age: Duration,
    memory: u64,
}

impl Running {
    /// Starts one.
    ///
    /// # Errors
    /// If it does not start.
    pub(crate) async fn start(program: &Path, config: &Config) -> Result<Arc<Self>, Error> {
        let (program, user) = (program.to_owned(), config.user);
        let started = tokio::task::spawn_blocking(move || Process::start(&program, user)).await;
        let (process, ends) = started.map_err(not_started)?.map_err(not_started)?;
        let connection = Connection::new(ends).map_err(not_started)?;
        let limits = Limits { jobs: config.max_jobs, age: config.max_age, memory: config.max_memory };
        let running = Self {
            connection,
            runtime: Handle::current(),
            process,
            limits,
            started: Instant::now(),
            jobs: AtomicU32::new(0),
            is_worn: AtomicBool::new(false),
        };
        let hello = running.connection.call(None, "Browser.getVersion", json!({}));
        match timeout(START, hello).await {
            Ok(Ok(_)) => {}
            Ok(Err(Error::Lost)) => return Err(Error::NotStarted(running.last_words())),
            Ok(Err(error)) => return Err(error),
            Err(_) => return Err(Error::NotStarted(format!("it says nothing in {} s", START.as_secs()))),
        }
        let running = Arc::new(running);
        tokio::spawn(look_after(Arc::downgrade(&running)));
        Ok(running)
    }

    /// Why it died.
    fn last_words(&self) -> String {
        let words = self.process.last_words();
        if words.is_empty() { "it ended without a word".to_owned() } else { words }
    }

    /// Counts a job; false if it takes none any more.
    pub(crate) fn take_job(&self) -> bool {
        let is_fit = !self.connection.is_lost() && !self.is_worn.load(Ordering::Relaxed);
        is_fit && self.started.elapsed() < self.limits.age && {
            self.jobs.fetch_add(1, Ordering::Relaxed) < self.limits.jobs
        }
    }

    /// Asks the browser itself for something. One that does not answer hangs, and is ended.
    ///
    /// # Errors
    /// That it was lost, or what it says against it.
    pub(crate) async fn call(&self, method: &'static str, params: Value) -> Result<Value, Error> {
        let answer = timeout(PATIENCE, self.connection.call(None, method, params)).await;
        answer.unwrap_or_else(|_| {
            tracing::warn!(method, "the browser hangs and is ended");
            self.end();
            Err(Error::Lost)
        })
    }

    /// Ends it; whoever has a page of it hears so.
    fn end(&self) {
        self.process.kill();
        self.connection.lose();
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> i32 {
        self.process.group()
    }

    /// Looks whether it has too much memory.
    pub(crate) async fn look(&self) {
        let (group, most) = (self.process.group(), self.limits.memory);
        let memory = tokio::task::spawn_blocking(move || memory::of_group(group)).await.ok().flatten();
        let Some(bytes) = memory else { return };
        if bytes > most {
            self.is_worn.store(true, Ordering::Relaxed);
        }
        if bytes > most.saturating_mul(2) {
            tracing::warn!(bytes, "the browser has too much memory and is ended");
            self.end();
        }
    }
}

fn not_started(error: impl std::fmt::Display) -> Error {
    Error::NotStarted(error.to_string())
}

async fn look_after(running: Weak<Running>) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        let Some(running) = running.upgrade() else { return };
        running.look().await;
    }
}
