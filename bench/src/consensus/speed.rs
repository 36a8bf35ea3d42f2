//! Seconds and memory, by the number of votes.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use labelmesh_consensus::simulate::{Simulated, Simulation};
use labelmesh_consensus::{Live, Method, VoteTable};
use tokio::time::Instant;

use super::recorded::Recorded;
use crate::cpu::used_by_thread;

/// The size of the simulated set on which crowd-kit is timed too.
const COMPARED: u32 = 200_000;
/// Vote by vote is timed up to this size.
const MOST_LIVE: u32 = 1_000_000;

fn crowd(votes: u32) -> Simulated {
    let items = votes / 5;
    Simulation {
        items,
        operators: (votes / 500).max(20),
        classes: 4,
        hard: 0.1,
        hardness: 0.5,
        ..Simulation::default()
    }
    .run()
}

/// Prints what each method costs on simulated sets of so many votes.
pub(super) fn measure(sizes: &[u32]) -> Result<()> {
    println!(
        "{:>10} {:>12} {:>9} {:>12} {:>10} {:>9}",
        "votes", "method", "seconds", "us a vote", "peak MiB", "accuracy"
    );
    for &votes in sizes {
        let crowd = crowd(votes);
        let table = crowd.table()?;
        for method in [Method::Plurality, Method::DawidSkene, Method::Auto] {
            let start = Start::now();
            let estimate = method.estimate(&table, 1);
            line(votes, method.name(), &start, crowd.accuracy_of(&estimate.labels));
        }
        if votes <= MOST_LIVE {
            live(votes, &crowd, &table);
        }
    }
    Ok(())
}

fn live(votes: u32, crowd: &Simulated, table: &VoteTable) {
    let start = Start::now();
    let mut live = Live::new(table.classes());
    // Every item's first vote, then every item's second one, and so on.
    for round in 0..5 {
        for ballot in crowd.ballots.iter().skip(round).step_by(5) {
            live.vote(ballot.item as usize, ballot.operator, ballot.label);
        }
    }
    line(votes, "live", &start, crowd.accuracy_of(&live.estimate().labels));
}

/// When something began.
struct Start {
    at: Instant,
    computed: Option<Duration>,
}

impl Start {
    fn now() -> Self {
        forget_peak();
        Self { at: Instant::now(), computed: used_by_thread().ok() }
    }

    /// Seconds of computing, or those that passed where that is not known.
    fn seconds(&self) -> f64 {
        let computed = used_by_thread().ok().zip(self.computed).map(|(now, then)| now.saturating_sub(then));
        computed.unwrap_or_else(|| self.at.elapsed()).as_secs_f64()
    }
}

fn line(votes: u32, method: &str, start: &Start, accuracy: f64) {
    let seconds = start.seconds();
    let peak = peak_mib().map_or_else(|| "?".to_owned(), |mib| mib.to_string());
    let each = seconds * 1e6 / f64::from(votes);
    println!("{votes:>10} {method:>12} {seconds:>9.3} {each:>12.3} {peak:>10} {accuracy:>9.4}");
}

/// Times crowd-kit's Dawid-Skene and ours on the same votes.
pub(super) fn compare(python: &Path, recorded: &[Recorded]) -> Result<()> {
    for Recorded { name, crowd } in recorded {
        compare_on(python, name, crowd)?;
    }
    compare_on(python, "simulated", &crowd(COMPARED))
}

fn compare_on(python: &Path, name: &str, crowd: &Simulated) -> Result<()> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/consensus/crowd_kit.py");
    let file = std::env::temp_dir().join(format!("labelmesh-bench-{}.csv", std::process::id()));
    let mut csv = std::io::BufWriter::new(std::fs::File::create(&file)?);
    writeln!(csv, "task,worker,label")?;
    for ballot in &crowd.ballots {
        writeln!(csv, "{},{},{}", ballot.item, ballot.operator, ballot.label)?;
    }
    csv.flush()?;
    let output = Command::new(python).arg(&script).arg(&file).output().context("can't start Python")?;
    std::fs::remove_file(&file)?;
    ensure!(output.status.success(), "crowd-kit failed: {}", String::from_utf8_lossy(&output.stderr));
    let theirs: f64 = String::from_utf8(output.stdout)?.trim().parse()?;
    let table = crowd.table()?;
    for method in [Method::DawidSkene, Method::Auto] {
        let start = Instant::now();
        let sweeps = method.estimate(&table, 1).sweeps;
        let ours = start.elapsed().as_secs_f64();
        let (votes, times) = (table.votes(), theirs / ours);
        let method = method.name();
        println!(
            "{name}, {votes} votes: crowd-kit {theirs:.3} s, {method} {ours:.4} s ({sweeps} sweeps): {times:.0} times"
        );
    }
    Ok(())
}

/// Begins to watch for the most memory anew (Linux).
fn forget_peak() {
    // Where that can't be done the peak is the process's, which a reader sees by its not falling.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn peak_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}
