//! Child processes.

use std::{
    io,
    os::unix::process::CommandExt as _,
    process::{Child, Command},
    sync::{OnceLock, mpsc},
    thread,
    time::Duration,
};

use nix::{
    errno::Errno,
    sys::{
        signal::{Signal, killpg},
        wait::{WaitPidFlag, WaitStatus, waitpid},
    },
    unistd::{Pid, getpid, getppid},
};

/// How often a group of processes that was killed is looked at, and how many times at most: two seconds.
const POLL: Duration = Duration::from_millis(5);
const POLLS: u32 = 400;

/// Starts a command in a group of processes of its own, so that a Ctrl-C in the terminal reaches only us. It gets
/// `last_signal` when we die.
///
/// The system takes the end of the *thread* that started a child for our death, so one thread that lives as long as the
/// process starts them all. Blocks for moments.
///
/// # Errors
/// If it can't be started.
pub fn spawn(mut command: Command, last_signal: Signal) -> io::Result<Child> {
    type Order = (Command, mpsc::Sender<io::Result<Child>>);
    static STARTER: OnceLock<mpsc::Sender<Order>> = OnceLock::new();
    command.process_group(0);
    end_with_us(&mut command, last_signal);
    let starter = STARTER.get_or_init(|| {
        let (sender, orders) = mpsc::channel::<Order>();
        thread::Builder::new()
            .name("starter".to_owned())
            .spawn(move || orders.into_iter().for_each(|(command, answer)| start(command, &answer)))
            .expect("a thread can be started");
        sender
    });
    let (answer, child) = mpsc::channel();
    starter.send((command, answer)).map_err(io::Error::other)?;
    child.recv().map_err(io::Error::other)?
}

fn start(mut command: Command, answer: &mpsc::Sender<io::Result<Child>>) {
    let child = command.spawn();
    // With the command go its ends of pipes.
    drop(command);
    // Whoever asked has gone; dropping a child leaves it running, so it is ended here.
    if let Err(mpsc::SendError(Ok(mut child))) = answer.send(child) {
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Has a child ask the system for `last_signal` at the end of the thread that starts it. The system forgets that wish
/// when the child changes its user: whatever does that has to be arranged before, as [`Command::uid`] is.
pub fn end_with_us(command: &mut Command, last_signal: Signal) {
    let parent = getpid();
    let prepare = move || {
        #[cfg(target_os = "linux")]
        nix::sys::prctl::set_pdeathsig(last_signal)?;
        #[cfg(not(target_os = "linux"))]
        let _ = last_signal;
        // We may have died before the wish was recorded.
        if getppid() == parent { Ok(()) } else { Err(Errno::ESRCH.into()) }
    };
    #[expect(
        unsafe_code,
        reason = "between fork and exec only system calls are made: no memory is allocated and no lock is taken"
    )]
    // SAFETY: `prepare` calls prctl and getppid and makes errors of their numbers.
    unsafe {
        command.pre_exec(prepare);
    }
}

/// Kills a child of [`spawn`] with all of its group, and waits until none of them is left, for two seconds at most.
/// Nobody has waited for the child before, or its number might be another's. Blocks.
pub fn end_group(child: &mut Child) {
    let Ok(group) = i32::try_from(child.id()).map(Pid::from_raw) else { return };
    // They may all have ended.
    let _ = killpg(group, Signal::SIGKILL);
    for _ in 0..POLLS {
        if reap(group) && killpg(group, None) == Err(Errno::ESRCH) {
            return;
        }
        #[expect(
            clippy::disallowed_methods,
            reason = "it is for drops, which can't await, and needs none of our threads"
        )]
        thread::sleep(POLL);
    }
}

/// Reaps those of a group that are our children and have ended; whether no more of them are ours.
fn reap(group: Pid) -> bool {
    loop {
        match waitpid(Pid::from_raw(-group.as_raw()), Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::StillAlive) => return false,
            // There may be more.
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return true,
        }
    }
}
