//! Events of `auth`, which every replica hears: what is kept of a token is no longer true.

use std::sync::Arc;

use labelmesh_events::{Broadcast, Bus, Event as _, Heard};
use labelmesh_proto::auth::v1::PrincipalChanged;
use labelmesh_service::CancellationToken;

use crate::tokens::Tokens;

/// What hears of changes.
pub(crate) fn principal_changes(bus: &Bus) -> Broadcast {
    Broadcast::new(bus, &[PrincipalChanged::SUBJECT])
}

/// Hears of changes until `stop`.
pub(crate) async fn listen(changes: Broadcast, tokens: Arc<Tokens>, stop: CancellationToken) {
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
    changes.run(handler, stop).await;
}
