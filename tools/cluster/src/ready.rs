//! Waiting for programs that were started.

use std::{future::Future, time::Duration};

use anyhow::bail;
use labelmesh_servers::Program;
use tokio::time::{Instant, sleep};

const PULSE: Duration = Duration::from_millis(100);
/// How long a program may take to answer on a machine that has other things to do.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// Waits until something answers.
///
/// # Errors
/// If one of the running programs has ended, with what it wrote last, or if it takes too long.
pub(crate) async fn until<F: Future<Output = bool>>(
    name: &str,
    running: &[(&str, &Program)],
    answers: impl Fn() -> F,
) -> anyhow::Result<()> {
    let deadline = Instant::now() + READY_WITHIN;
    while !answers().await {
        if let Some((name, ended)) = running.iter().find(|(_, program)| program.ended().is_some()) {
            bail!("{name} ended: {}", ended.log_tail());
        }
        if Instant::now() > deadline {
            bail!("{name} does not answer after {} s", READY_WITHIN.as_secs());
        }
        sleep(PULSE).await;
    }
    Ok(())
}
