//! Real processes.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use labelmesh_ephemeral::{Signal, end_group, spawn};
use nix::{errno::Errno, sys::signal::killpg, unistd::Pid};

/// A child with two children, all of which are there.
fn family() -> (Child, Pid) {
    let mut command = Command::new("sh");
    command.args(["-c", "sleep 600 & sleep 600 & echo ready; wait"]).stdout(Stdio::piped());
    let mut child = spawn(command, Signal::SIGKILL).expect("it starts");
    let mut said = String::new();
    BufReader::new(child.stdout.as_mut().expect("a pipe")).read_line(&mut said).expect("it speaks");
    assert_eq!(said, "ready\n");
    let group = Pid::from_raw(i32::try_from(child.id()).expect("a number"));
    (child, group)
}

#[test]
fn nothing_is_left_of_a_group_that_was_ended() {
    let (mut child, group) = family();
    assert_eq!(killpg(group, None), Ok(()));
    end_group(&mut child);
    assert_eq!(killpg(group, None), Err(Errno::ESRCH));
}

/// As the first process of a container does, which nobody reaps for.
#[cfg(target_os = "linux")]
#[test]
fn whoever_gets_the_children_of_its_child_reaps_them() {
    nix::sys::prctl::set_child_subreaper(true).expect("Linux has that");
    let (mut child, group) = family();
    end_group(&mut child);
    assert_eq!(killpg(group, None), Err(Errno::ESRCH));
}

#[test]
fn what_can_not_be_started_is_told() {
    assert!(spawn(Command::new("/nowhere/program"), Signal::SIGKILL).is_err());
}
