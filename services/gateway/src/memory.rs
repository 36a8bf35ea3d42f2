//! The memory that requests share while they are read, and the turns of calls and uploads.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use labelmesh_errors::Error;
use labelmesh_identity::Network;
use labelmesh_server::{Share, Shares};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{call::Call, config::Limits, places::full};

const KIB: usize = 1024;
/// What an upload may have in memory between its client and the service: what the parser holds, the parts that are
/// under way, and the windows of both connections.
pub(crate) const UPLOAD_BYTES: usize = 768 * KIB;

/// Whom something counts for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Holder {
    /// A user.
    User(String),
    /// Somebody in this network who has not signed in.
    Stranger(Network),
}

/// The memory for requests that are being read.
#[derive(Debug)]
pub(crate) struct Memory {
    /// KiB.
    all: Arc<Semaphore>,
    holders: Shares<Holder>,
    networks: Shares<Network>,
}

/// Memory for one request, given back when dropped.
#[derive(Debug)]
pub(crate) struct Reserved {
    _all: OwnedSemaphorePermit,
    _of_holder: Option<Share<Holder>>,
    _of_network: Option<Share<Network>>,
}

impl Holder {
    /// The same for the same holder, and for no other.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::User(user_id) => user_id.clone(),
            Self::Stranger(network) => network.to_string(),
        }
    }
}

impl Memory {
    pub(crate) fn new(limits: &Limits) -> Self {
        let all = limits.memory_bytes / KIB;
        Self { all: Arc::new(Semaphore::new(all)), holders: Shares::new(all / 8), networks: Shares::new(all / 4) }
    }

    /// Memory for so many bytes of a call.
    ///
    /// # Errors
    /// OVERLOADED where the caller has no more, or nobody has.
    pub(crate) fn reserve(&self, call: &Call, bytes: usize) -> Result<Reserved, Error> {
        self.take(call.holder(), call.seat().network(), bytes.div_ceil(KIB))
    }

    /// Holder and network are none where the network has no bound of its own.
    fn take(&self, holder: Option<Holder>, network: Option<Network>, kib: usize) -> Result<Reserved, Error> {
        let of_holder = holder.map(|holder| self.holders.take(&holder, kib).ok_or_else(|| full("memory_of_one")));
        let of_network = network.map(|network| self.networks.take(&network, kib).ok_or_else(|| full("memory_of_one")));
        let (of_holder, of_network) = (of_holder.transpose()?, of_network.transpose()?);
        let all = u32::try_from(kib).ok().and_then(|kib| self.all.clone().try_acquire_many_owned(kib).ok());
        Ok(Reserved { _all: all.ok_or_else(|| full("memory"))?, _of_holder: of_holder, _of_network: of_network })
    }
}

/// Turns: each caller has so many at once, and the next waits for one to end. So whoever asks for much waits, and what
/// others ask for meets few of theirs in the services.
#[derive(Debug)]
pub(crate) struct Turns {
    most: usize,
    holders: Mutex<HashMap<String, Arc<Semaphore>>>,
}

/// A turn, given on when dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    turns: Arc<Turns>,
    whose: String,
    permit: Option<OwnedSemaphorePermit>,
}

impl Turns {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, holders: Mutex::default() }
    }

    /// Waits for a turn.
    pub(crate) async fn take(self: &Arc<Self>, whose: String) -> Turn {
        let semaphore = {
            let mut holders = self.holders.lock().expect("nothing panics with the lock");
            let new = || Arc::new(Semaphore::new(self.most));
            holders.entry(whose.clone()).or_insert_with(new).clone()
        };
        // Made before the wait, so that one that is given up is forgotten too.
        let mut turn = Turn { turns: self.clone(), whose, permit: None };
        turn.permit = semaphore.acquire_owned().await.ok();
        turn
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.permit = None;
        let mut holders = self.turns.holders.lock().expect("nothing panics with the lock");
        // The last one goes, with whoever waits for it.
        if holders.get(&self.whose).is_some_and(|semaphore| Arc::strong_count(semaphore) == 1) {
            holders.remove(&self.whose);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use labelmesh_errors::Reason;

    use super::*;

    #[test]
    fn one_caller_has_an_eighth_of_the_memory_and_one_network_a_quarter() {
        let memory = Memory::new(&Limits { memory_bytes: 64 * KIB, ..Limits::default() });
        let user = |name: &str| Some(Holder::User(name.to_owned()));
        let home = Some(Network::around([9, 9, 9, 9].into()));
        let held =
            [memory.take(user("ada"), home, 7), memory.take(user("bob"), home, 8)].map(|held| held.expect("memory"));
        assert_eq!(memory.take(user("ada"), None, 2).expect_err("too much").reason(), Reason::Overloaded);
        assert!(memory.take(user("eve"), home, 2).is_err(), "her network has a quarter");
        let rest = memory.take(None, None, 49).expect("what is left");
        assert!(memory.take(user("eve"), None, 1).is_err());
        drop((held, rest));
        memory.take(user("ada"), home, 8).expect("all was given back");
    }

    #[tokio::test]
    async fn calls_of_one_user_take_turns_and_are_forgotten() {
        let turns = Arc::new(Turns::new(1));
        let take = |whose: &str| turns.take(whose.to_owned());
        let first = take("ada").await;
        assert!(take("ada").now_or_never().is_none(), "it waits");
        drop(take("bob").await);
        drop(first);
        drop(take("ada").await);
        assert!(turns.holders.lock().expect("no panic").is_empty());
    }
}
