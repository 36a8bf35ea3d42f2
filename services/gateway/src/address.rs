//! The client's address: that of the connection, or the one that a trusted proxy tells.

use std::net::IpAddr;

use http::HeaderMap;
use labelmesh_identity::Network;

/// In which a proxy tells whom it calls for.
pub(crate) const FORWARDED: &str = "x-forwarded-for";

/// The client's address: the one that connected. Where that is a trusted proxy, it is the last one in `x-forwarded-for`
/// that is not trusted; anybody may have written what stands left of it.
pub(crate) fn client(connected: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let trusts = |address| trusted.iter().any(|network| network.contains(address));
    let mut client = connected.to_canonical();
    let lines: Vec<_> = headers.get_all(FORWARDED).iter().filter_map(|value| value.to_str().ok()).collect();
    for told in lines.join(",").rsplit(',') {
        let Ok(told) = told.trim().parse::<IpAddr>() else { break };
        if !trusts(client) {
            break;
        }
        client = told.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted = ["10.0.0.0/8".parse().expect("a network")];
        let table = [
            ("9.9.9.9", "1.1.1.1", "9.9.9.9"),
            ("10.0.0.1", "1.1.1.1", "1.1.1.1"),
            ("10.0.0.1", "6.6.6.6, 1.1.1.1, 10.0.0.2", "1.1.1.1"),
            ("10.0.0.1", "10.0.0.3", "10.0.0.3"),
            ("10.0.0.1", "nonsense", "10.0.0.1"),
            ("10.0.0.1", "6.6.6.6, nonsense, 10.0.0.2", "10.0.0.2"),
        ];
        for (connected, forwarded, expected) in table {
            let headers = HeaderMap::from_iter([(
                "x-forwarded-for".parse().expect("a name"),
                forwarded.parse().expect("a value"),
            )]);
            assert_eq!(
                client(address(connected), &headers, &trusted),
                address(expected),
                "{connected} via {forwarded}"
            );
        }
        assert_eq!(client(address("10.0.0.1"), &HeaderMap::new(), &trusted), address("10.0.0.1"));
    }
}
