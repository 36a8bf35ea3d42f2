//! What every replica does without being asked.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::app::{
    App,
    closing::{close_ended, redecide},
    handing_out::lapse,
    learning::learn,
};

/// How often leases that have run out are looked for, what ended tasks leave behind, and votes to learn from.
const EVERY: Duration = Duration::from_secs(1);

/// Takes back leases that have run out, until `stop`. Lease calls do it too; this is for when nobody leases.
pub(crate) async fn keep_lapsing(app: App, stop: CancellationToken) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        match lapse::lapse_due(&app).await {
            Ok(0) => {}
            Ok(lapsed) => tracing::info!(lease.count = lapsed, "leases have run out"),
            Err(error) => tracing::warn!(error = %error, "can't take back leases at present"),
        }
    }
}

/// Closes what ended tasks leave behind, until `stop`: at once when this replica hears of the end, otherwise when it
/// comes round to what another replica has left.
pub(crate) async fn keep_closing(app: App, stop: CancellationToken) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.ended.notified() => {}
            _ = ticks.tick() => {}
        }
        match close_ended::close_ended(&app).await {
            Ok(0) => {}
            Ok(closed) => tracing::info!(subtask.count = closed, "closed the images of ended tasks"),
            Err(error) => tracing::warn!(error = %error, "can't close the images of ended tasks at present"),
        }
    }
}

/// Learns from the votes of open tasks whose policy names a confidence, and reads what others have learned, until `stop`.
pub(crate) async fn keep_learning(app: App, stop: CancellationToken) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = learn::learn_all_due(&app).await {
            tracing::warn!(error = %error, "can't learn from votes at present");
        }
    }
}

/// Decides completed tasks again for which that was asked, until `stop`: also what a replica that died has left.
pub(crate) async fn keep_redeciding(app: App, stop: CancellationToken) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        // What is stopped in the middle goes on from its position.
        let next = tokio::select! {
            () = stop.cancelled() => return,
            next = redecide::redecide_next(&app) => next,
        };
        if let Err(error) = next {
            tracing::warn!(error = %error, "can't decide a task again at present");
        }
    }
}
