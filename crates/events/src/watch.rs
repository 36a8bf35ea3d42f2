//! The states of something that changes, as a stream: looked at when a hint comes, and now and then without one.

use std::time::Duration;

use futures::{FutureExt as _, Stream, StreamExt as _};
use labelmesh_errors::Result;
use tokio::time::{Instant, sleep_until};

use crate::Bus;

/// The least time between two states: five a second.
const AT_MOST_EVERY: Duration = Duration::from_millis(200);
/// How often it is looked although nobody gave a hint: hints may be lost.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How often a state is sent again although it has not changed, to show that the stream lives. The contract's longest
/// silence is twice that.
const REPEAT_EVERY: Duration = Duration::from_secs(15);

/// A state of something that changes until it is over.
pub trait State {
    /// Grows with every change.
    fn version(&self) -> u64;

    /// Whether nothing changes any more.
    fn is_over(&self) -> bool;
}

/// The states newer than `after_version`, until it is over, as `look` sees them. `hint` is the subject on which whoever
/// changes it gives a hint. Any replica can go on where another left off.
///
/// # Errors
/// What the first look fails with; within the stream, what a later one fails with.
pub async fn watch<S, F, L>(
    bus: &Bus,
    hint: &str,
    after_version: u64,
    look: L,
) -> Result<impl Stream<Item = Result<S>> + Send + use<S, F, L>>
where
    S: State + Send,
    F: Future<Output = Result<S>> + Send,
    L: Fn() -> F + Send,
{
    // Subscribed before the first look, so that no change falls in between.
    let hints = bus.hints(hint).await;
    let mut state = look().await?;
    Ok(async_stream::try_stream! {
        let mut hints = std::pin::pin!(hints);
        let mut seen = after_version;
        let mut repeat_at = Instant::now() + REPEAT_EVERY;
        loop {
            let (version, is_over) = (state.version(), state.is_over());
            if version > seen || (Instant::now() >= repeat_at && !is_over) {
                seen = seen.max(version);
                repeat_at = Instant::now() + REPEAT_EVERY;
                yield state;
            }
            if is_over {
                return;
            }
            let look_at = (Instant::now() + LOOK_EVERY).min(repeat_at);
            sleep_until(Instant::now() + AT_MOST_EVERY).await;
            tokio::select! {
                Some(_) = hints.next() => {}
                () = sleep_until(look_at) => {}
            }
            // Whatever was hinted until now is answered by one look.
            while let Some(Some(_)) = hints.next().now_or_never() {}
            state = look().await?;
        }
    })
}
