//! Where a sign-in comes from: a place and a program.

use std::net::IpAddr;

use labelmesh_identity::Network;
use labelmesh_ids::UserId;
use uuid::Uuid;

/// What stands for an address or an agent that is not known.
const UNKNOWN: &str = "unknown";
/// Products that browsers name for reasons of history, whatever they are.
const HISTORICAL: [&str; 7] = ["Mozilla", "AppleWebKit", "Gecko", "Version", "Mobile", "Safari", "Chrome"];

/// A place and a program of one user, as hashes: they say whether two sign-ins come from the same, not from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) place: Uuid,
    pub(crate) program: Uuid,
}

impl Origin {
    /// Of a sign-in from this address with this user agent. The place is the network around the address, the program
    /// is the products that the agent names, whatever their versions.
    pub(crate) fn of(user_id: UserId, address: &str, user_agent: &str) -> Self {
        let place =
            address.parse::<IpAddr>().map_or(UNKNOWN.to_owned(), |address| Network::around(address).to_string());
        let program = products(user_agent).join(" ");
        let hash = |what: &str, of: &str| Uuid::new_v5(&user_id.uuid(), format!("{what} {of}").as_bytes());
        Self { place: hash("place", &place), program: hash("program", &program) }
    }
}

/// The name of a program for people: the most telling product of a user agent.
pub(crate) fn program_name(user_agent: &str) -> String {
    let products = products(user_agent);
    let telling = products.iter().rev().find(|product| !HISTORICAL.contains(product));
    // Two of the historical ones are names of browsers, too; all browsers name Safari, but Chrome names itself.
    let browser = || ["Chrome", "Safari"].into_iter().find(|browser| products.contains(browser));
    telling.copied().or_else(browser).or_else(|| products.first().copied()).unwrap_or(UNKNOWN).to_owned()
}

/// The products of a user agent in their order, without versions and comments (RFC 9110, 10.1.5). What is not of that
/// form ends it.
fn products(user_agent: &str) -> Vec<&str> {
    let mut products = Vec::new();
    let mut rest = user_agent.trim_start();
    while !rest.is_empty() {
        if rest.starts_with('(') {
            rest = after_comment(rest);
        } else {
            let word = rest.split([' ', '\t', '(']).next().unwrap_or_default();
            let product = word.split('/').next().unwrap_or_default();
            if product.is_empty() || !product.bytes().all(is_token_byte) {
                break;
            }
            products.push(product);
            rest = &rest[word.len()..];
        }
        rest = rest.trim_start();
    }
    products
}

/// What comes after the comment that a text begins with; comments may hold comments.
fn after_comment(text: &str) -> &str {
    let mut depth = 0_usize;
    let mut escaped = false;
    for (at, char) in text.char_indices() {
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '(' => depth += 1,
            ')' if depth == 1 => return &text[at + 1..],
            ')' => depth -= 1,
            _ => {}
        }
    }
    ""
}

/// A byte of a token (RFC 9110, 5.6.2).
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHROME: &str =
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
    const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0";
    const SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                          Version/17.4.1 Safari/605.1.15";

    fn origin(address: &str, user_agent: &str) -> Origin {
        Origin::of(Uuid::from_u128(1).into(), address, user_agent)
    }

    #[test]
    fn a_place_is_a_network_and_a_program_has_no_version() {
        let known = origin("192.0.2.7", "curl/8.14");
        assert_eq!(origin("192.0.2.99", "curl/9.0 (patched (twice))"), known);
        assert_ne!(origin("192.0.3.7", "curl/8.14").place, known.place);
        assert_ne!(origin("192.0.2.7", "wget/1.0").program, known.program);
        assert_eq!(origin("2001:db8::1", "").place, origin("2001:db8::ffff:2", "").place);
        assert_eq!(origin("", ""), origin("nowhere", ""));
        let newer = CHROME.replace("126.0", "131.7").replace("X11; Linux x86_64", "X11; Linux aarch64");
        assert_eq!(origin("", CHROME), origin("", &newer));
        assert_ne!(origin("", CHROME).program, origin("", FIREFOX).program);
        assert_ne!(origin("", CHROME).program, origin("", SAFARI).program);
    }

    #[test]
    fn two_users_at_one_place_have_nothing_in_common() {
        let other = Origin::of(Uuid::from_u128(2).into(), "192.0.2.7", "curl/8.14");
        assert_ne!(other.place, origin("192.0.2.7", "curl/8.14").place);
    }

    #[test]
    fn programs_are_called_by_what_tells_them_apart() {
        let names =
            [CHROME, FIREFOX, SAFARI, &format!("{CHROME} Edg/126.0"), "labelmesh/0.1.0", "Mozilla/5.0", "", "()"];
        let names = names.map(program_name);
        assert_eq!(names, ["Chrome", "Firefox", "Safari", "Edg", "labelmesh", "Mozilla", "unknown", "unknown"]);
    }

    #[test]
    fn an_agent_of_no_form_is_still_one() {
        assert_eq!(program_name("URGENT: please/confirm"), "unknown");
        assert_eq!(program_name("curl/8 (open"), "curl");
        assert_eq!(program_name("curl/8 \u{1F4A9} wget"), "curl");
    }
}
