//! The changes of principals that were heard of late.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard},
};

use labelmesh_proto::auth::v1::PrincipalChanged;

use super::session::Session;

/// How many changes are remembered one by one. Answers that were asked for before the oldest are not believed.
const REMEMBERED: usize = 16_384;

/// The changes of late, numbered in the order in which they were heard.
#[derive(Debug, Default)]
pub(super) struct Changes(Mutex<Log>);

#[derive(Debug, Default)]
struct Log {
    heard: u64,
    /// Answers to questions older than this are not believed.
    floor: u64,
    recent: VecDeque<String>,
    /// The changes by user, the oldest first.
    by_user: HashMap<String, Vec<Change>>,
}

#[derive(Debug)]
struct Change {
    number: u64,
    /// The session; empty where all sessions are concerned.
    session_id: String,
    /// Whether they are good for all that they were.
    widened: bool,
}

/// What changes mean for a session that was asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Concern {
    /// None concerns it.
    Nothing,
    /// It has to be asked about again.
    Stale,
    /// It is over, or good for less.
    Narrower,
}

impl Changes {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.lock().expect("nothing panics while it holds the log")
    }

    /// How many changes have been heard of.
    pub(super) fn heard(&self) -> u64 {
        self.log().heard
    }

    /// Remembers a change.
    pub(super) fn add(&self, change: &PrincipalChanged) {
        let mut log = self.log();
        let number = log.heard;
        log.heard += 1;
        log.recent.push_back(change.user_id.clone());
        let kept = Change { number, session_id: change.session_id.clone(), widened: change.widened };
        log.by_user.entry(change.user_id.clone()).or_default().push(kept);
        if log.recent.len() > REMEMBERED {
            log.drop_oldest();
        }
    }

    /// Believes nothing any more of what was learned until now.
    pub(super) fn forget(&self) {
        let mut log = self.log();
        log.heard += 1;
        log.floor = log.heard;
        log.recent.clear();
        log.by_user.clear();
    }

    /// What was heard of a session after it was asked about.
    pub(super) fn concern(&self, session: &Session) -> Concern {
        let log = self.log();
        let floor = if session.asked_at < log.floor { Concern::Stale } else { Concern::Nothing };
        let changes = log.by_user.get(&session.user_id).into_iter().flatten();
        let concerning = changes.filter(|change| {
            change.number >= session.asked_at
                && (change.session_id.is_empty() || change.session_id == session.session_id)
        });
        let by_change = concerning.map(|change| if change.widened { Concern::Stale } else { Concern::Narrower });
        by_change.max().unwrap_or(floor).max(floor)
    }
}

impl Log {
    fn drop_oldest(&mut self) {
        let Some(user_id) = self.recent.pop_front() else { return };
        let Some(changes) = self.by_user.get_mut(&user_id) else { return };
        self.floor = changes.remove(0).number + 1;
        if changes.is_empty() {
            self.by_user.remove(&user_id);
        }
    }
}
