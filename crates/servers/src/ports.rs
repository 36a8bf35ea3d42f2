//! Ports on the loopback interface for servers that must be told one.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::sync::Mutex;

/// Below the range from which systems take the local port of outgoing connections (Linux: from 32768): a server that
/// is killed and restarted must find its port free, not lent to a connection meanwhile.
const RANGE: Range<u16> = 20_000..32_000;

/// What this process has given out; two servers that start at once must not be told the same.
static GIVEN: Mutex<Option<HashSet<u16>>> = Mutex::new(None);

/// A port on 127.0.0.1 that is free now, and that this process is not told twice.
///
/// Another process may take it before it is used; the servers of this crate then try another one.
///
/// # Errors
/// If none is free.
pub fn free_port() -> io::Result<u16> {
    let mut given = GIVEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let given = given.get_or_insert_default();
    let size = RANGE.end - RANGE.start;
    // Processes begin at different places, so that they seldom try the same port at the same moment.
    let first = RandomState::new().hash_one(std::process::id()) % u64::from(size);
    let first = u16::try_from(first).expect("less than the size of the range, a u16");
    (0..size)
        .map(|step| RANGE.start + (first + step) % size)
        .find(|port| !given.contains(port) && TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .inspect(|port| {
            given.insert(*port);
        })
        .ok_or_else(|| io::Error::new(io::ErrorKind::AddrInUse, "no free port on 127.0.0.1 from 20000 to 31999"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_no_port_twice() {
        let ports: HashSet<u16> = (0..50).map(|_| free_port().expect("a free port")).collect();
        assert_eq!(ports.len(), 50);
        assert!(ports.iter().all(|port| RANGE.contains(port)));
    }
}
