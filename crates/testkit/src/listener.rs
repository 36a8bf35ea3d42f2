//! Stands in for a service that hears the events of the one under test.

use labelmesh_events::{Delivery, Event, Failure, Work};
use tokio::{
    sync::{Mutex, mpsc},
    time::timeout,
};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{TestBroker, until::LIMIT};

/// Hears events from the beginning of their stream on, until it is dropped.
#[derive(Debug)]
pub struct Listener {
    heard: Mutex<(mpsc::UnboundedReceiver<Delivery>, Vec<Delivery>)>,
    _running: DropGuard,
}

impl Listener {
    /// One that hears these subjects, all of one service.
    pub async fn start(broker: &TestBroker, subjects: &[&'static str]) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        let stop = CancellationToken::new();
        let work = Work::new(&broker.bus().await, "listener", subjects).batch(64);
        let hear = move |batch: Vec<Delivery>| {
            let sender = sender.clone();
            async move {
                for delivery in batch {
                    // The test may be over.
                    let _ = sender.send(delivery);
                }
                Ok::<(), Failure>(())
            }
        };
        tokio::spawn(work.run(hear, stop.clone()));
        Self { heard: Mutex::new((receiver, Vec::new())), _running: stop.drop_guard() }
    }

    /// The next event of this kind; those of other kinds are kept for whoever asks.
    ///
    /// # Panics
    /// If none comes within two minutes, or it is not what its kind says.
    pub async fn next<E: Event>(&self) -> E {
        let mut heard = self.heard.lock().await;
        let (receiver, kept) = &mut *heard;
        let delivery = match kept.iter().position(Delivery::is::<E>) {
            Some(index) => kept.remove(index),
            None => loop {
                let delivery = timeout(LIMIT, receiver.recv()).await.expect("an event in time").expect("it listens");
                if delivery.is::<E>() {
                    break delivery;
                }
                kept.push(delivery);
            },
        };
        delivery.decode().expect("an event")
    }
}
