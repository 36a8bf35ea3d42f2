//! How much memory a browser has.

/// The memory of a group of processes in bytes: what they share counts once. None where it can't be told.
#[cfg(target_os = "linux")]
pub(crate) fn of_group(group: i32) -> Option<u64> {
    let processes = procfs::process::all_processes().ok()?.flatten();
    let group = processes.filter(|process| process.stat().is_ok_and(|stat| stat.pgrp == group));
    Some(group.filter_map(|process| of_process(&process)).sum())
}

#[cfg(target_os = "linux")]
fn of_process(process: &procfs::process::Process) -> Option<u64> {
    let proportional = process.smaps_rollup().ok().and_then(|rollup| {
        let parts = rollup.memory_map_rollup.0.iter().filter_map(|part| part.extension.map.get("Pss"));
        parts.copied().reduce(|sum, part| sum + part)
    });
    // Of a process in a sandbox nobody but root sees that much: what it has for itself is near enough.
    let own = || {
        let pages = process.statm().ok()?;
        Some(pages.resident.saturating_sub(pages.shared) * procfs::page_size())
    };
    proportional.or_else(own)
}

/// The memory of a group of processes in bytes. None where it can't be told.
#[cfg(not(target_os = "linux"))]
pub(crate) fn of_group(_: i32) -> Option<u64> {
    None
}
