//! What a request to the proxy wants to reach.

use http::{Method, Uri, uri::Scheme};
use url::Host;

use crate::Fault;

/// What Chromium asks for by itself, whatever its flags say.
const CHROMIUMS_OWN: [&str; 13] = [
    "accounts.google.com",
    "android.clients.google.com",
    "clients1.google.com",
    "clients2.google.com",
    "clients2.googleusercontent.com",
    "clientservices.googleapis.com",
    "content-autofill.googleapis.com",
    "edgedl.me.gvt1.com",
    "mtalk.google.com",
    "optimizationguide-pa.googleapis.com",
    "redirector.gvt1.com",
    "safebrowsing.googleapis.com",
    "update.googleapis.com",
];

/// The longest name of DNS, with a dot at its end.
const LONGEST_NAME: usize = 254;

/// A host and a port.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// As the URL standard reads it: an address in whatever notation is an address.
    pub(super) host: Host,
    pub(super) port: u16,
}

impl Target {
    /// What a request is for: CONNECT names host and port, every other method a URL of http.
    pub(super) fn of(method: &Method, uri: &Uri) -> Result<Self, Fault> {
        let default = match (method, uri.scheme()) {
            (&Method::CONNECT, None) => None,
            (&Method::CONNECT, Some(_)) => return Err(Fault::UrlInvalid),
            (_, Some(scheme)) if *scheme == Scheme::HTTP => Some(80),
            _ => return Err(Fault::UrlInvalid),
        };
        let authority = uri.authority().ok_or(Fault::UrlInvalid)?;
        // With a user before it, the text does not begin with the host.
        let port = authority.as_str().strip_prefix(authority.host()).ok_or(Fault::UrlInvalid)?;
        let port = match port.strip_prefix(':') {
            Some(port) => port.parse().map_err(|_| Fault::UrlInvalid)?,
            None if port.is_empty() => default.ok_or(Fault::UrlInvalid)?,
            None => return Err(Fault::UrlInvalid),
        };
        let host = Host::parse(authority.host()).map_err(|_| Fault::UrlInvalid)?;
        if matches!(&host, Host::Domain(name) if name.len() > LONGEST_NAME) {
            return Err(Fault::UrlInvalid);
        }
        Ok(Self { host, port })
    }

    /// Whether this is a call of Chromium's own.
    pub(super) fn is_chromiums_own(&self) -> bool {
        matches!(&self.host, Host::Domain(name) if CHROMIUMS_OWN.contains(&name.trim_end_matches('.')))
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use super::*;

    fn connect(authority: &str) -> Result<Target, Fault> {
        Target::of(&Method::CONNECT, &authority.parse().expect("a URI"))
    }

    fn get(url: &str) -> Result<Target, Fault> {
        Target::of(&Method::GET, &url.parse().expect("a URI"))
    }

    fn name(name: &str, port: u16) -> Result<Target, Fault> {
        Ok(Target { host: Host::Domain(name.to_owned()), port })
    }

    #[test]
    fn connect_names_a_host_and_a_port_and_others_a_url() {
        assert_eq!(connect("page.test:443"), name("page.test", 443));
        assert_eq!(get("http://page.test/a?b"), name("page.test", 80));
        assert_eq!(get("HTTP://PAGE.test:8080"), name("page.test", 8080));
    }

    #[test]
    fn an_address_in_whatever_notation_is_an_address() {
        for host in ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.0.0.1.", "0x7f000001"] {
            let expected = Target { host: Host::Ipv4(Ipv4Addr::LOCALHOST), port: 80 };
            assert_eq!(connect(&format!("{host}:80")), Ok(expected), "{host}");
        }
        assert_eq!(get("http://[::1]/"), Ok(Target { host: Host::Ipv6(Ipv6Addr::LOCALHOST), port: 80 }));
    }

    #[test]
    fn what_is_neither_is_refused() {
        for authority in ["page.test", "ada@page.test:80", "page.test:99999", "999.1.1.1:80", "[::1%25eth0]:80"] {
            // Some are no URI for a parser, either.
            let parsed = authority.parse().map(|uri| Target::of(&Method::CONNECT, &uri));
            assert!(!matches!(parsed, Ok(Ok(_))), "{authority}");
        }
        for url in ["https://page.test/", "ftp://page.test/", "/page", "http://ada:secret@page.test/"] {
            assert_eq!(get(url), Err(Fault::UrlInvalid), "{url}");
        }
        let long = format!("http://{}.test/", "a".repeat(300));
        assert_eq!(get(&long), Err(Fault::UrlInvalid));
    }

    #[test]
    fn what_chromium_asks_for_by_itself_is_known() {
        let own = |authority| connect(authority).expect("a target").is_chromiums_own();
        assert!(own("update.googleapis.com:443") && own("ACCOUNTS.google.com.:443"));
        assert!(!own("google.com:443") && !own("xaccounts.google.com:443"));
    }
}
