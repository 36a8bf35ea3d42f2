//! Being asked to end.

use std::future::pending;

use tokio::signal::unix::{SignalKind, signal};

use crate::exit::Failure;

/// Waits for Ctrl-C or a request to end.
pub(crate) async fn interrupted() -> Failure {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Failure::interrupted()
}
