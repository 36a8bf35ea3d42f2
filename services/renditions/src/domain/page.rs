//! Web pages of which pictures are made, and how they were looked at.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// The longest address of a page, in bytes.
const LONGEST: usize = 2_048;

/// The longest address that is told of what was seen, in bytes.
const LONGEST_TOLD: usize = 4_096;

/// The address of a page, as the URL standard writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct PageUrl(Url);

impl PageUrl {
    /// The address that a text is.
    ///
    /// # Errors
    /// With the rule that it breaks.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("is required".to_owned());
        }
        let too_long = || format!("must have at most {LONGEST} bytes");
        if text.len() > LONGEST {
            return Err(too_long());
        }
        let url = Url::parse(text).map_err(|_| "must be a URL, such as https://www.example.com/".to_owned())?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("must be a URL of http or https".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must have no user and no password".to_owned());
        }
        if url.as_str().len() > LONGEST {
            return Err(too_long());
        }
        Ok(Self(url))
    }

    /// The same without what stands behind a `#`, which no server hears of.
    pub(crate) fn without_fragment(mut self) -> Self {
        self.0.set_fragment(None);
        self
    }

    /// As it is written.
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The address of its host, where that is one and no name.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        match self.0.host()? {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
        }
    }
}

impl TryFrom<String> for PageUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

impl From<PageUrl> for String {
    fn from(url: PageUrl) -> Self {
        url.0.into()
    }
}

/// An address that is told of what was seen. Pages give themselves addresses of up to two megabytes, which no event
/// holds: of one that is too long the fragment is left out, then the query, and then the path.
pub(crate) fn shortened(mut url: Url) -> String {
    let shorten: [fn(&mut Url); 3] = [|url| url.set_fragment(None), |url| url.set_query(None), |url| url.set_path("/")];
    for shorten in shorten {
        if url.as_str().len() > LONGEST_TOLD {
            shorten(&mut url);
        }
    }
    url.into()
}

/// How a page was looked at. It is kept as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PageView {
    /// Where it lies, behind all redirects.
    pub(crate) url: String,
    /// Whether it was still loading when its time was over, or wanted more than it may have.
    pub(crate) timed_out: bool,
    /// Whether it goes on below the end of the picture.
    pub(crate) cut: bool,
    /// The image that it is about, where that was asked for.
    pub(crate) lead_image: Option<Candidate>,
    /// The likeliest first.
    pub(crate) runners_up: Vec<Candidate>,
}

/// An image that a page may be about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Candidate {
    pub(crate) url: String,
    /// The rule by which it was found.
    pub(crate) rule: String,
    /// How likely it is the right one, from 0 to 1.
    pub(crate) score: f64,
    /// Why it was not taken; none for the one that was.
    pub(crate) rejected: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_written_in_one_way() {
        let written = |text: &str| PageUrl::parse(text).map(String::from);
        for (text, canonical) in [
            ("HTTP://Example.COM:80", "http://example.com/"),
            (" https://example.com/a/../b?c d#top ", "https://example.com/b?c%20d#top"),
            ("https://0x7f.1/", "https://127.0.0.1/"),
            ("https://b\u{fc}cher.example/", "https://xn--bcher-kva.example/"),
        ] {
            assert_eq!(written(text).as_deref(), Ok(canonical));
        }
    }

    #[test]
    fn a_place_in_a_page_is_left_out_where_it_does_not_matter() {
        let url = PageUrl::parse("https://example.com/a#top").expect("a page").without_fragment();
        assert_eq!(url.as_str(), "https://example.com/a");
    }

    #[test]
    fn of_an_address_that_is_too_long_its_end_is_not_told() {
        let shortened = |rest: String| shortened(Url::parse(&format!("https://example.com{rest}")).expect("a URL"));
        let long = "x".repeat(LONGEST_TOLD);
        assert_eq!(shortened("/a?b#c".to_owned()), "https://example.com/a?b#c");
        assert_eq!(shortened(format!("/a?b#{long}")), "https://example.com/a?b");
        assert_eq!(shortened(format!("/a?{long}#c")), "https://example.com/a");
        assert_eq!(shortened(format!("/{long}?b#c")), "https://example.com/");
    }

    #[test]
    fn what_is_no_page_is_refused_by_its_rule() {
        let long = format!("https://example.com/{}", "a".repeat(LONGEST));
        let grows = format!("https://example.com/{}", "\u{fc}".repeat(LONGEST / 2 - 20));
        for (text, rule) in [
            ("", "required"),
            ("example.com", "must be a URL"),
            ("/etc/passwd", "must be a URL"),
            ("file:///etc/passwd", "http or https"),
            ("javascript:alert(1)", "http or https"),
            ("data:text/html,x", "http or https"),
            ("https://me@example.com/", "no user"),
            ("https://:secret@example.com/", "no user"),
            (&long, "2048 bytes"),
            (&grows, "2048 bytes"),
        ] {
            let refused = PageUrl::parse(text).expect_err(text);
            assert!(refused.contains(rule), "{text}: {refused}");
        }
    }

    #[test]
    fn an_address_of_a_host_is_none_of_a_name() {
        let address = |text: &str| PageUrl::parse(text).expect("a page").address();
        assert_eq!(address("http://localhost/"), None);
        assert_eq!(address("http://2130706433/"), Some([127, 0, 0, 1].into()));
        assert_eq!(address("http://[::1]:80/"), Some(std::net::Ipv6Addr::LOCALHOST.into()));
    }
}
