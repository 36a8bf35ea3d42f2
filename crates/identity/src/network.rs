//! Networks: addresses that share a prefix.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

use serde::Deserialize;

/// Addresses that share a prefix, written as `10.0.0.0/8`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    bits: u128,
    mask: u128,
}

/// A text that is not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an address or a network such as 10.0.0.0/8")]
pub struct NotANetwork(String);

impl Network {
    /// The network that somebody at this address is taken to be alone in: a /24 of IPv4, or a /64 of IPv6, whose
    /// addresses one host can have all of.
    #[must_use]
    pub fn around(address: IpAddr) -> Self {
        let prefix = if address.to_canonical().is_ipv4() { 96 + 24 } else { 64 };
        let mask = u128::MAX << (128 - prefix);
        Self { bits: bits(address) & mask, mask }
    }

    /// Whether an address is in it. IPv4 addresses that came over IPv6 are recognised.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        bits(address) & self.mask == self.bits
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let bad = || NotANetwork(text.to_owned());
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| bad())?;
        // IPv4 lives in the last 32 bits of the mapped form.
        let (offset, most) = if address.is_ipv4() { (96, 32) } else { (0, 128) };
        let prefix = prefix.map_or(Ok(most), str::parse::<u32>).map_err(|_| bad())?;
        if prefix > most {
            return Err(bad());
        }
        let mask = u128::MAX.checked_shl(128 - offset - prefix).unwrap_or(0);
        Ok(Self { bits: bits(address) & mask, mask })
    }
}

impl TryFrom<String> for Network {
    type Error = NotANetwork;

    fn try_from(text: String) -> Result<Self, NotANetwork> {
        text.parse()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv6Addr::from(self.bits), self.mask.count_ones())
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().into(),
        IpAddr::V6(address) => address.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().expect("a network")
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn networks_contain_what_shares_their_prefix() {
        let table = [
            ("10.0.0.0/8", "10.200.3.4", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.0/8", "::ffff:10.1.1.1", true),
            ("0.0.0.0/0", "9.9.9.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.2", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("::/0", "1.2.3.4", true),
        ];
        for (given, tested, expected) in table {
            assert_eq!(network(given).contains(address(tested)), expected, "{tested} in {given}");
        }
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "10.0.0.0/x"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }

    #[test]
    fn who_shares_a_network_is_told_by_its_prefix() {
        let same = |one, other| Network::around(address(one)) == Network::around(address(other));
        assert!(same("10.1.2.3", "10.1.2.200") && !same("10.1.2.3", "10.1.3.3"));
        assert!(same("10.1.2.3", "::ffff:10.1.2.9"));
        assert!(same("2001:db8::1", "2001:db8::ffff:1:2:3") && !same("2001:db8::1", "2001:db8:0:1::1"));
        assert!(!same("::1", "127.0.0.1"));
    }
}
