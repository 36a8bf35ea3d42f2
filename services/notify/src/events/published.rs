//! Hints of this service's replicas to each other that there is something to send. What it publishes are acts alone.

use std::{pin::pin, sync::Arc};

use futures::StreamExt as _;
use labelmesh_events::Bus;
use labelmesh_ids::UserId;
use labelmesh_service::CancellationToken;
use tokio::sync::Notify;

/// The subject of the hints. Nothing depends on them: the sweeps find what is due too.
const HINT: &str = "notify.deliveries";

/// Tells every replica that there are mails or text messages to send, or messages to post.
pub(crate) async fn hint_of_deliveries(bus: &Bus) {
    bus.hint(HINT, "").await;
}

/// Tells whoever watches that the lists of users changed.
pub(crate) async fn hint_of_lists(bus: &Bus, mut users: Vec<UserId>) {
    users.sort_unstable();
    users.dedup();
    for user in users {
        bus.hint(&list_hint(user), "").await;
    }
}

/// The subject of the hints that a user's list changed. Nothing depends on them: whoever watches looks now and then.
pub(crate) fn list_hint(user: UserId) -> String {
    format!("notify.lists.{user}")
}

/// Wakes this replica's workers whenever another one hints, until `stop`.
pub(crate) async fn wake_on_hints(bus: Bus, workers: [Arc<Notify>; 3], stop: CancellationToken) {
    let mut hints = pin!(bus.hints(HINT).await);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            hint = hints.next() => match hint {
                Some(_) => workers.iter().for_each(|worker| worker.notify_one()),
                // The sweep remains.
                None => return stop.cancelled().await,
            },
        }
    }
}
