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
    /// The numbers of the changes by user, each with the session, or with an empty text where all sessions are
    /// concerned.
    by_user: HashMap<String, Vec<(u64, String)>>,
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
        log.by_user.entry(change.user_id.clone()).or_default().push((number, change.session_id.clone()));
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

    /// Whether a change of a session was heard after the session was asked about.
    pub(super) fn concern(&self, session: &Session) -> bool {
        let log = self.log();
        session.asked_at < log.floor
            || log.by_user.get(&session.user_id).is_some_and(|changes| {
                changes.iter().any(|(number, changed)| {
                    *number >= session.asked_at && (changed.is_empty() || *changed == session.session_id)
                })
            })
    }
}

impl Log {
    fn drop_oldest(&mut self) {
        let Some(user_id) = self.recent.pop_front() else { return };
        let Some(changes) = self.by_user.get_mut(&user_id) else { return };
        self.floor = changes.remove(0).0 + 1;
        if changes.is_empty() {
            self.by_user.remove(&user_id);
        }
    }
}
