//! How much CPU the processes that we started have used.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use anyhow::Result;

/// CPU time by program, of every process that descends from this one, children that have ended included. A service goes
/// by its name, whichever replica, and the workers of renditions go by `worker`.
#[cfg(target_os = "linux")]
pub(crate) fn used_by_children() -> Result<BTreeMap<String, Duration>> {
    let processes: Vec<_> = procfs::process::all_processes()?
        .flatten()
        .filter_map(|process| Some((process.stat().ok()?, process)))
        .collect();
    let parents: HashMap<i32, i32> = processes.iter().map(|(stat, _)| (stat.pid, stat.ppid)).collect();
    let mine = i32::try_from(std::process::id())?;
    let mut used = BTreeMap::<String, Duration>::new();
    for (stat, process) in &processes {
        if !descends(stat.pid, mine, &parents) {
            continue;
        }
        let ticks = stat.utime + stat.stime + u64::try_from(stat.cutime + stat.cstime).unwrap_or_default();
        let time = Duration::from_secs_f64(ticks as f64 / procfs::ticks_per_second() as f64);
        let line = process.cmdline().unwrap_or_default();
        let name = match line.iter().position(|word| word == "serve") {
            Some(serve) => line.get(serve + 1).cloned().unwrap_or_default(),
            None if line.iter().any(|word| word == "worker") => "worker".to_owned(),
            // PostgreSQL's processes are called by what they do.
            None if stat.comm.starts_with("postgres") => "postgres".to_owned(),
            None => stat.comm.clone(),
        };
        *used.entry(name).or_default() += time;
    }
    Ok(used)
}

#[cfg(target_os = "linux")]
fn descends(mut process: i32, from: i32, parents: &HashMap<i32, i32>) -> bool {
    while let Some(&parent) = parents.get(&process) {
        if parent == from {
            return true;
        }
        process = parent;
    }
    false
}

/// Elsewhere there is no `/proc` to read it from.
#[cfg(not(target_os = "linux"))]
pub(crate) fn used_by_children() -> Result<BTreeMap<String, Duration>> {
    anyhow::bail!("CPU time is read from /proc, which only Linux has")
}

/// CPU time that this thread has used, which a busy machine does not make longer.
#[cfg(target_os = "linux")]
pub(crate) fn used_by_thread() -> Result<Duration> {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = statistics.split_whitespace().next().unwrap_or_default();
    Ok(Duration::from_nanos(nanoseconds.parse()?))
}

/// Elsewhere there is no `/proc` to read it from.
#[cfg(not(target_os = "linux"))]
pub(crate) fn used_by_thread() -> Result<Duration> {
    anyhow::bail!("CPU time is read from /proc, which only Linux has")
}

/// What each program has used from one look to a later one.
pub(crate) fn spent(
    before: &BTreeMap<String, Duration>,
    after: &BTreeMap<String, Duration>,
) -> impl Iterator<Item = (String, Duration)> {
    after
        .iter()
        .map(|(name, after)| (name.clone(), after.saturating_sub(before.get(name).copied().unwrap_or_default())))
}
