//! Which addresses may be called.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::LazyLock,
};

use labelmesh_identity::Network;

/// What is not globally reachable unicast of IPv4 (IANA IPv4 Special-Purpose Address Registry, RFC 6890).
const SPECIAL: [&str; 15] = [
    "0.0.0.0/8",       // this network
    "10.0.0.0/8",      // private
    "100.64.0.0/10",   // shared by carriers (RFC 6598), some clouds' metadata
    "127.0.0.0/8",     // loopback
    "169.254.0.0/16",  // link-local, clouds' metadata
    "172.16.0.0/12",   // private
    "192.0.0.0/24",    // protocol assignments
    "192.0.2.0/24",    // documentation
    "192.88.99.0/24",  // 6to4 relays
    "192.168.0.0/16",  // private
    "198.18.0.0/15",   // benchmarks
    "198.51.100.0/24", // documentation
    "203.0.113.0/24",  // documentation
    "224.0.0.0/4",     // multicast
    "240.0.0.0/4",     // reserved, broadcast
];

/// The one block of IPv6 from which global unicast addresses are given (IANA IPv6 Address Space).
const GLOBAL_V6: &str = "2000::/3";

/// What in that block is not plainly a host's address (IANA IPv6 Special-Purpose Address Registry).
const SPECIAL_V6: [&str; 4] = [
    "2001::/23",     // protocol assignments: Teredo, benchmarks, ORCHID
    "2001:db8::/32", // documentation
    "2002::/16",     // 6to4
    "3fff::/20",     // documentation
];

static REFUSED: LazyLock<Vec<Network>> = LazyLock::new(|| networks(SPECIAL.iter().chain(&SPECIAL_V6)));
static GLOBAL: LazyLock<Vec<Network>> = LazyLock::new(|| networks(&[GLOBAL_V6]));

fn networks<'a>(texts: impl IntoIterator<Item = &'a &'static str>) -> Vec<Network> {
    texts.into_iter().map(|text| text.parse().expect("a network")).collect()
}

/// The addresses that may be called: public ones, and those of some networks more.
#[derive(Debug, Clone, Default)]
pub struct Addresses {
    allowed: Vec<Network>,
}

impl Addresses {
    /// Public addresses, and those of `allowed`.
    #[must_use]
    pub fn and(allowed: Vec<Network>) -> Self {
        Self { allowed }
    }

    /// Whether an address may be called.
    #[must_use]
    pub fn permit(&self, address: IpAddr) -> bool {
        self.allow(address) || is_public(address)
    }

    /// Whether an address is in a network that may be called though it is not public.
    pub(crate) fn allow(&self, address: IpAddr) -> bool {
        within(&self.allowed, address)
    }
}

fn is_public(address: IpAddr) -> bool {
    match unwrapped(address) {
        address @ IpAddr::V4(_) => !within(&REFUSED, address),
        address @ IpAddr::V6(_) => within(&GLOBAL, address) && !within(&REFUSED, address),
    }
}

fn within(networks: &[Network], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(address))
}

/// The IPv4 address that an address of IPv6 stands for: one that is mapped (RFC 4291, 2.5.5.2), or one that a NAT64
/// stands for, by which machines without IPv4 reach hosts that have nothing else (RFC 6052, 2.1).
fn unwrapped(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address.to_canonical() else { return address.to_canonical() };
    match v6.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => IpAddr::V4(v4(high, low)),
        _ => IpAddr::V6(v6),
    }
}

fn v4(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

/// The address that a URL's host is, if it is one and no name.
pub(crate) fn literal(host: &url::Host<&str>) -> Option<IpAddr> {
    match host {
        url::Host::Domain(_) => None,
        url::Host::Ipv4(address) => Some(IpAddr::V4(*address)),
        url::Host::Ipv6(address) => Some(IpAddr::V6(*address)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(address: &str) -> bool {
        Addresses::default().permit(address.parse().expect("an address"))
    }

    #[test]
    fn public_addresses_are_permitted() {
        for address in [
            "1.1.1.1",
            "93.184.215.14",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2a00:1450:4001:80b::200e",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
        ] {
            assert!(permits(address), "{address}");
        }
    }

    #[test]
    fn whatever_is_not_globally_routable_unicast_is_refused() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::8.8.8.8",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:10.0.0.1",
            "::ffff:0:127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1.1.1.1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:2::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:101:101::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "ff0e::1",
        ] {
            assert!(!permits(address), "{address}");
        }
    }

    #[test]
    fn networks_that_are_allowed_are_permitted_and_nothing_else() {
        let addresses = Addresses::and(networks(&["127.0.0.0/8"]));
        let permits = |address: &str| addresses.permit(address.parse().expect("an address"));
        assert!(permits("127.0.0.1") && permits("::ffff:127.0.0.1") && permits("1.1.1.1"));
        assert!(!permits("::1") && !permits("10.0.0.1") && !permits("64:ff9b::127.0.0.1"));
    }
}
