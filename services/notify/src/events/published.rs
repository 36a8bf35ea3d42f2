//! This service publishes no events. Its replicas hint to each other that there are mails to send.

use std::{pin::pin, sync::Arc};

use futures::StreamExt as _;
use labelmesh_events::Bus;
use labelmesh_service::CancellationToken;
use tokio::sync::Notify;

/// The subject of the hints. Nothing depends on them: the sweep finds mails too.
const HINT: &str = "notify.deliveries";

/// Tells every replica that there are mails to send.
pub(crate) async fn hint_of_deliveries(bus: &Bus) {
    bus.hint(HINT, "").await;
}

/// Wakes this replica's worker whenever another one hints, until `stop`.
pub(crate) async fn wake_on_hints(bus: Bus, worker: Arc<Notify>, stop: CancellationToken) {
    let mut hints = pin!(bus.hints(HINT).await);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            hint = hints.next() => match hint {
                Some(_) => worker.notify_one(),
                // The sweep remains.
                None => return stop.cancelled().await,
            },
        }
    }
}
