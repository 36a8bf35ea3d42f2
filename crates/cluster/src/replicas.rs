//! The replicas of one service, of which there may be more or fewer while the system runs.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::{join_all, try_join_all};
use tokio::{sync::Mutex, time::Instant};

use crate::{Cluster, Service, cluster::READY_WITHIN, replica::Replica};

/// The replicas of a service. Each has its place, which everyone was told of: one without a process refuses to be
/// connected to, and who calls it passes it over.
pub(crate) struct Replicas {
    places: Vec<Mutex<Replica>>,
    /// How many there are to be: those at the first places.
    count: AtomicUsize,
}

impl Replicas {
    /// Places, of which so many are to be taken at first.
    pub(crate) fn new(places: Vec<Mutex<Replica>>, count: usize) -> Self {
        Self { places, count: AtomicUsize::new(count) }
    }

    /// Those that there are to be.
    pub(crate) fn running(&self) -> &[Mutex<Replica>] {
        &self.places[..self.count.load(Ordering::SeqCst)]
    }

    /// The one at a place.
    pub(crate) fn at(&self, place: usize) -> &Mutex<Replica> {
        &self.places[place]
    }

    async fn add(&self, count: usize) -> anyhow::Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        let start = async |replica: &Mutex<Replica>| {
            let mut replica = replica.lock().await;
            replica.start()?;
            replica.ready(deadline).await
        };
        let new = &self.places[self.running().len()..count];
        let started = try_join_all(new.iter().map(start)).await;
        match started {
            Ok(_) => self.count.store(count, Ordering::SeqCst),
            Err(_) => stop(new).await,
        }
        started.map(|_| ())
    }

    async fn remove(&self, count: usize) {
        let gone = &self.running()[count..];
        // At once, so that nobody starts them again.
        self.count.store(count, Ordering::SeqCst);
        stop(gone).await;
    }
}

/// Lets replicas stop as an orchestrator would, and waits until they have.
async fn stop(replicas: &[Mutex<Replica>]) {
    let stop = async |replica: &Mutex<Replica>| {
        let mut replica = replica.lock().await;
        replica.terminate();
        replica.gone().await
    };
    join_all(replicas.iter().map(stop)).await;
}

impl Cluster {
    /// How many replicas of a service there are to be.
    #[must_use]
    pub fn replicas(&self, service: Service) -> usize {
        self.replicas[&service].running().len()
    }

    /// Has so many replicas of a service, at least one and at most as many as the
    /// [settings](crate::Settings::most) say. Starts further ones and waits until they are ready, or lets the last ones
    /// stop as an orchestrator would and waits until they have.
    ///
    /// # Errors
    /// If one does not become ready; there are as many as before then.
    pub async fn scale(&self, service: Service, count: usize) -> anyhow::Result<()> {
        let replicas = &self.replicas[&service];
        let count = count.clamp(1, replicas.places.len());
        if count > replicas.running().len() {
            replicas.add(count).await
        } else {
            replicas.remove(count).await;
            Ok(())
        }
    }
}
