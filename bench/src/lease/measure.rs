//! Makes the calls and takes the time.

use std::time::Duration;

use anyhow::{Result, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use subtasks::app::{App, Operator, handing_out::lease::lease};
use tokio::time::Instant;

use super::population::Population;
use super::report::Row;

/// How many images one call takes.
const TAKEN: u32 = 3;
/// How many calls an operator makes: up to the 20 images that one may hold.
const CALLS: u32 = 6;
/// How many calls a second all operators together make when many lease at once.
const PACE: u32 = 60;

/// Measures one combination: first at a steady pace, then as fast as it goes.
pub(super) async fn measure(population: &Population, at_once: usize) -> Result<Row> {
    warm(population).await?;
    let before = population.buffers().await?;
    let app = population.app()?;
    let pause = if at_once > 1 { Duration::from_secs(1) / PACE * u32::try_from(at_once)? } else { Duration::ZERO };
    let mut times = all(&app, &population.operators, at_once, pause).await?;
    population.settle(&app.pool).await?;
    let buffers = population.buffers().await? - before;

    population.reset().await?;
    let app = population.app()?;
    let start = Instant::now();
    let calls = all(&app, &population.operators, at_once, Duration::ZERO).await?.len();
    let seconds = start.elapsed().as_secs_f64();
    population.settle(&app.pool).await?;

    times.sort_unstable();
    let millis = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1_000.0;
    Ok(Row {
        open: population.open,
        votes: population.votes,
        at_once,
        median_ms: millis(50),
        p95_ms: millis(95),
        calls_per_second: calls as f64 / seconds,
        buffers_per_call: buffers as f64 / times.len() as f64,
    })
}

/// Lets every operator make its calls, so many operators at once, and says how long each call took.
async fn all(app: &App, operators: &[Operator], at_once: usize, pause: Duration) -> Result<Vec<Duration>> {
    let shifts = operators.iter().enumerate().map(|(number, &operator)| async move {
        // Spread evenly over the pause, so that they don't march in step.
        tokio::time::sleep(pause * u32::try_from(number % at_once)? / u32::try_from(at_once)?).await;
        shift(app, operator, pause).await
    });
    let times: Vec<Vec<Duration>> = stream::iter(shifts).buffer_unordered(at_once).try_collect().await?;
    Ok(times.concat())
}

async fn shift(app: &App, operator: Operator, pause: Duration) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    for call in 1..=CALLS {
        let start = Instant::now();
        let leased = lease(app, operator, call * TAKEN).await?;
        times.push(start.elapsed());
        ensure!(leased.held.len() == usize::try_from(call * TAKEN)?, "a call came back with too little: {leased:?}");
        tokio::time::sleep(pause.saturating_sub(start.elapsed())).await;
    }
    Ok(times)
}

/// Fills caches with calls that are not counted.
async fn warm(population: &Population) -> Result<()> {
    let app = population.app()?;
    all(&app, &population.operators, 8, Duration::ZERO).await?;
    population.settle(&app.pool).await?;
    population.reset().await
}
