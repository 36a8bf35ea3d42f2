//! Waiting for what comes by itself.

use std::time::Duration;

use anyhow::Context as _;
use tokio::time::{MissedTickBehavior, interval, timeout};

/// What has not come by then has gone wrong.
pub(crate) const LIMIT: Duration = Duration::from_secs(120);
/// How often we look.
const LOOK: Duration = Duration::from_millis(20);

/// Looks again and again until there is something; `what` names it where it does not come.
///
/// # Panics
/// If it does not come within two minutes.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    try_until(what, async || Ok(look().await)).await.expect("it comes")
}

/// The same where a look may fail, which ends the wait.
///
/// # Errors
/// That of the look, or if nothing comes within two minutes.
pub async fn try_until<T>(what: &str, mut look: impl AsyncFnMut() -> anyhow::Result<Option<T>>) -> anyhow::Result<T> {
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
