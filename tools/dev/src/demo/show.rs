//! What a person sees of a demo.

use std::{future::Future, time::Duration};

use anyhow::Result;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use labelmesh_sdk::tasks::Result as Verdict;
use tokio::time::Instant;

use super::{
    digits::Picture,
    draw::{self, Framed},
    report::Outcome,
};

/// How many pictures are drawn.
const DRAWN: usize = 4;

/// The start of everything, with how long it took.
pub(crate) async fn starting<T>(start: impl Future<Output = Result<T>>) -> Result<T> {
    step("start PostgreSQL, NATS, S3, mail, six services and the gateway", start).await
}

/// A step, with a spinner while it is under way and its time when it is done.
pub(crate) async fn step<T>(what: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
    let spinner = ProgressBar::new_spinner().with_message(what.to_owned());
    spinner.enable_steady_tick(Duration::from_millis(100));
    let begun = Instant::now();
    let result = work.await;
    spinner.finish_and_clear();
    let mark = if result.is_ok() { "✓" } else { "✗" };
    println!("  {mark} {what} ({:.1} s)", begun.elapsed().as_secs_f64());
    result
}

/// Progress bars below each other.
pub(crate) struct Bars {
    bars: Vec<ProgressBar>,
    begun: Instant,
}

impl Bars {
    /// A bar for each thing and its number.
    pub(crate) fn new(whats: &[(&str, usize)]) -> Self {
        let all = MultiProgress::new();
        let bars = whats.iter().map(|(what, length)| styled(all.add(ProgressBar::new(*length as u64)), what));
        Self { bars: bars.collect(), begun: Instant::now() }
    }

    /// One of them.
    pub(crate) fn bar(&self, number: usize) -> ProgressBar {
        self.bars[number].clone()
    }

    /// Leaves a line instead; returns how long it took.
    pub(crate) fn done(self, what: &str) -> Duration {
        let took = self.begun.elapsed();
        // The last first, so that the cursor ends where the first began.
        self.bars.iter().rev().for_each(ProgressBar::finish_and_clear);
        println!("  ✓ {what} ({:.1} s)", took.as_secs_f64());
        took
    }
}

fn styled(bar: ProgressBar, what: &str) -> ProgressBar {
    let template = "    {prefix:8} {bar:40} {pos:>6}/{len:<6} {per_sec:>12}";
    let style = ProgressStyle::with_template(template).expect("the template is well-formed").progress_chars("━╸ ");
    bar.set_style(style);
    bar.set_prefix(what.to_owned());
    bar
}

/// How it went.
pub(crate) fn summary(outcome: &Outcome, results: &[Verdict], pictures: &[Picture]) -> Result<()> {
    println!();
    for line in draw::draw(&chosen(results, pictures))? {
        println!("  {line}");
    }
    for line in outcome.summary() {
        println!("{line}");
    }
    println!();
    Ok(())
}

/// A few pictures worth a look: those that people agreed on least, then the first.
fn chosen<'a>(results: &[Verdict], pictures: &'a [Picture]) -> Vec<Framed<'a>> {
    let mut order: Vec<&Verdict> = results.iter().collect();
    order.sort_by(|one, other| one.confidence.total_cmp(&other.confidence));
    // Half of them doubtful, half of them clear.
    let doubtful = order.iter().take(DRAWN / 2);
    let clear = order.iter().rev().take(DRAWN - DRAWN / 2);
    doubtful
        .chain(clear)
        .filter_map(|result| {
            let picture = pictures.iter().find(|picture| picture.name == result.name)?;
            Some(Framed { data: &picture.data, captions: captions(result, picture.digit) })
        })
        .collect()
}

fn captions(result: &Verdict, digit: u8) -> Vec<String> {
    let label = &result.label;
    let verdict = if *label == digit.to_string() { "right".to_owned() } else { format!("it is a {digit}") };
    let contested = if result.contested { ", tied" } else { "" };
    let counts: Vec<String> = result.votes.iter().map(|count| format!("{}×{}", count.votes, count.label)).collect();
    vec![format!("{label}: {verdict}{contested}"), format!("votes {}", counts.join(" "))]
}
