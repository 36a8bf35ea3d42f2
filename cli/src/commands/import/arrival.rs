//! Waiting until what an import has decided stands among the results, which hear of it a moment later.

use std::time::Duration;

use labelmesh_sdk::Client;
use tokio::time::{Instant, sleep};

use crate::{commands::tasks::task, exit::Failure};

/// How long it is waited before it is asked again.
const PAUSE: Duration = Duration::from_millis(200);
/// Results that take longer have trouble of their own, and nobody is kept waiting for it.
const PATIENCE: Duration = Duration::from_secs(15);

/// What is said where it was not waited to the end.
pub(crate) const LATE: &str = "note: not all of them stand among the results yet; that takes a moment";

/// Waits until so many images of a task are decided by its results; whether they are in time.
///
/// # Errors
/// What asking fails with.
pub(crate) async fn arrived(client: &Client, task_id: &str, decided: u64) -> Result<bool, Failure> {
    let begun = Instant::now();
    while task(client, task_id).await?.decided < decided {
        if begun.elapsed() > PATIENCE {
            return Ok(false);
        }
        sleep(PAUSE).await;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    use serde_json::json;

    use super::*;
    use crate::stub::stub;

    #[tokio::test]
    async fn what_arrives_is_waited_for() {
        let asked = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&asked);
        let client = stub(move |_, _| {
            let decided = count.fetch_add(1, Ordering::SeqCst);
            async move { Some(json!({"taskId": "task", "decided": decided.to_string()}).to_string()) }
        })
        .await;
        assert!(arrived(&client, "task", 2).await.expect("answers"));
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }
}
