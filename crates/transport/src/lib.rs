#![doc = include_str!("../README.md")]

use std::net::IpAddr;

/// What is configured for a server, for errors.
#[derive(Debug, Clone, Copy)]
pub struct Protection {
    /// The section of the configuration, such as `events`.
    pub section: &'static str,
    /// What to write, and where, so that the connection is protected.
    pub remedy: &'static str,
}

/// A server would be reached in a way that others could read along or change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{section}: {host} would be reached without TLS or without verifying who it is: {remedy}, or say {section}.insecure \
     = true where nobody else is on the way"
)]
pub struct Unprotected {
    section: &'static str,
    host: String,
    remedy: &'static str,
}

impl Protection {
    /// Lets a connection to `host` be made if it is protected, stays on this machine, or may be `insecure`.
    ///
    /// # Errors
    /// If others could read along or change what is said.
    pub fn require(&self, host: &str, protected: bool, insecure: bool) -> Result<(), Unprotected> {
        if protected || insecure || is_here(host) {
            return Ok(());
        }
        Err(Unprotected { section: self.section, host: host.to_owned(), remedy: self.remedy })
    }
}

/// Whether a host is this machine: a loopback address, `localhost`, or the path of a socket.
#[must_use]
pub fn is_here(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: Protection = Protection { section: "events", remedy: "write tls:// in events.url" };

    #[test]
    fn what_leaves_this_machine_is_protected_or_said_to_be_insecure() {
        assert_eq!(EVENTS.require("nats.example", true, false), Ok(()));
        assert_eq!(EVENTS.require("nats.example", false, true), Ok(()));
        let refused = EVENTS.require("nats.example", false, false).expect_err("plain text over a network").to_string();
        assert!(refused.contains("write tls:// in events.url") && refused.contains("events.insecure"), "{refused}");
    }

    #[test]
    fn this_machine_is_known_by_its_names_and_by_no_others() {
        for host in ["127.0.0.1", "127.8.9.10", "::1", "[::1]", "localhost", "LOCALHOST", "/var/run/postgresql"] {
            assert!(is_here(host), "{host}");
        }
        for host in ["0.0.0.0", "10.0.0.1", "localhost.example", "127.0.0.1.example", "::2", "", "nats"] {
            assert!(!is_here(host), "{host}");
        }
    }
}
