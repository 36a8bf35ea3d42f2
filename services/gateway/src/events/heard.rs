//! Events of `auth`, which every replica hears: what is kept of a token is no longer true.

use std::sync::Arc;

use labelmesh_events::{Broadcast, Bus, Event as _, Heard};
use labelmesh_proto::auth::v1::PrincipalChanged;
use labelmesh_service::CancellationToken;

use crate::tokens::Tokens;

/// The consumer of changes, one for each replica.
pub(crate) fn principal_changes(bus: &Bus) -> Broadcast {
    Broadcast::new(bus, PrincipalChanged::SUBJECT)
}

/// Drops what changes make untrue, until `stop`.
pub(crate) async fn listen(changes: Broadcast, tokens: Arc<Tokens>, stop: CancellationToken) {
    let handler = |heard| {
        let tokens = tokens.clone();
        async move {
            match heard {
                Heard::Gap => tokens.forget_all(),
                Heard::Event(delivery) => match delivery.decode::<PrincipalChanged>() {
                    Ok(change) => tokens.principal_changed(&change),
                    // The event may concern anybody.
                    Err(failure) => {
                        tracing::error!(error = %failure, "an event can't be read: all tokens are forgotten");
                        tokens.forget_all();
                    }
                },
            }
        }
    };
    changes.run(handler, stop).await;
}
