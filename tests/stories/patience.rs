//! Waiting for what comes by itself.

use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::time::{MissedTickBehavior, interval, timeout};

/// What has not come by then has gone wrong.
const LIMIT: Duration = Duration::from_secs(120);
/// How often is looked.
const LOOK: Duration = Duration::from_millis(50);

/// Looks again and again until there is something; `what` names it where it does not come.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let mut looks = interval(LOOK);
    // A look may take long; those missed meanwhile are not made up for.
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let found = async {
        loop {
            looks.tick().await;
            if let Some(found) = look().await? {
                return Ok(found);
            }
        }
    };
    timeout(LIMIT, found).await.with_context(|| format!("{what} does not come"))?
}
