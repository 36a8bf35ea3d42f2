//! Hearing that what is kept of a token is no longer true.

use std::sync::Arc;

use labelmesh_events::{Broadcast, Bus, Event as _, Heard};
use labelmesh_proto::auth::v1::PrincipalChanged;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::tokens::{LIFETIME, Tokens};

/// What hears of changes.
pub(crate) fn consumer(bus: &Bus) -> Broadcast {
    Broadcast::new(bus, &[PrincipalChanged::SUBJECT])
}

/// Hears of changes until `stop`.
pub(crate) async fn listen(consumer: Broadcast, tokens: Arc<Tokens>, stop: CancellationToken) {
    let handler = |heard| {
        let tokens = tokens.clone();
        async move {
            match heard {
                Heard::Gap => tokens.forget_all(),
                Heard::Event(delivery) => match delivery.decode::<PrincipalChanged>() {
                    Ok(change) => tokens.principal_changed(&change),
                    // Whom it concerns is not known, so it may be anybody.
                    Err(failure) => {
                        tracing::error!(error = %failure, "an event can't be read: all tokens are forgotten");
                        tokens.forget_all();
                    }
                },
            }
        }
    };
    consumer.run(handler, stop).await;
}

/// Ends the streams of sessions that are over without that we heard of it: because they ran out, of which no event
/// tells, or because events were missed. Until `stop`.
pub(crate) async fn recheck(tokens: Arc<Tokens>, stop: CancellationToken) {
    let mut ticks = interval(LIFETIME);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = tokens.forgotten() => {}
            () = stop.cancelled() => return,
        }
        tokio::select! {
            () = tokens.recheck_holds() => {}
            () = stop.cancelled() => return,
        }
    }
}
