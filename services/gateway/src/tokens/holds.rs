//! The holds: open streams, each tied to the session for which it was opened.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use labelmesh_proto::auth::v1::PrincipalChanged;
use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use super::session::{Session, Standing};

/// All open streams.
#[derive(Debug, Default)]
pub(super) struct Holds(Arc<Mutex<Table>>);

#[derive(Debug, Default)]
struct Table {
    next: u64,
    held: HashMap<u64, Held>,
}

#[derive(Debug)]
struct Held {
    user_id: String,
    session_id: String,
    token: SecretString,
    standing: Standing,
    ended: CancellationToken,
}

/// A stream's tie to its session; let go when it is dropped.
#[derive(Debug)]
pub(crate) struct Hold {
    id: u64,
    table: Arc<Mutex<Table>>,
    ended: CancellationToken,
}

impl Hold {
    /// Waits until the session is over.
    pub(crate) async fn ended(&self) {
        self.ended.cancelled().await;
    }

    /// Ends the stream.
    pub(super) fn end(&self) {
        self.ended.cancel();
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        lock(&self.table).held.remove(&self.id);
    }
}

impl Holds {
    pub(super) fn add(&self, session: &Session, token: &SecretString) -> Hold {
        let ended = CancellationToken::new();
        let mut table = lock(&self.0);
        let id = table.next;
        table.next += 1;
        table.held.insert(
            id,
            Held {
                user_id: session.user_id.clone(),
                session_id: session.session_id.clone(),
                token: token.clone(),
                standing: session.standing.clone(),
                ended: ended.clone(),
            },
        );
        Hold { id, table: self.0.clone(), ended }
    }

    /// Ends those whose tokens are good for less by this change.
    pub(super) fn end_those_of(&self, change: &PrincipalChanged) {
        if change.widened {
            return;
        }
        for held in lock(&self.0).held.values() {
            let session = change.session_id.is_empty() || change.session_id == held.session_id;
            if held.user_id == change.user_id && session {
                held.ended.cancel();
            }
        }
    }

    /// Ends one if its session is good for less than it was when the stream was opened.
    pub(super) fn end_if_narrower(&self, id: u64, session: &Session) {
        if let Some(held) = lock(&self.0).held.get(&id)
            && session.standing.is_less_than(&held.standing)
        {
            held.ended.cancel();
        }
    }

    pub(super) fn end(&self, id: u64) {
        if let Some(held) = lock(&self.0).held.get(&id) {
            held.ended.cancel();
        }
    }

    /// The tokens of all streams.
    pub(super) fn tokens(&self) -> Vec<(u64, SecretString)> {
        lock(&self.0).held.iter().map(|(id, held)| (*id, held.token.clone())).collect()
    }
}

fn lock(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().expect("nothing panics while it holds the table")
}
