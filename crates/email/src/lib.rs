#![doc = include_str!("../README.md")]

use std::fmt;

use email_address::{EmailAddress, Options};
use labelmesh_errors::{Error, Result};

/// The longest address that a mail server takes (RFC 5321, 4.5.3.1.3, without the angle brackets).
const MOST_BYTES: usize = 254;

/// An address in its one spelling: lower case.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Takes an address to which mail can be sent.
    ///
    /// # Errors
    ///
    /// FIELD_INVALID for the field `email`, with the rule that is broken.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = |rule| Err(Error::invalid("email", rule));
        if !text.is_ascii() || text.len() > MOST_BYTES {
            return invalid("must be an e-mail address of at most 254 ASCII characters");
        }
        let options = Options::default().with_required_tld().without_display_text().without_domain_literal();
        let Ok(address) = EmailAddress::parse_with_options(text, options) else {
            return invalid(
                "must be an e-mail address, such as ada@example.com, without two dots in a row or a dot beside the @",
            );
        };
        if address.local_part().starts_with('"') {
            return invalid("must not have quotation marks before the @");
        }
        // A domain that ends in a number is the address of a machine (RFC 1123, 2.1).
        let top = address.domain().rsplit('.').next().unwrap_or_default();
        if top.bytes().all(|byte| byte.is_ascii_digit()) {
            return invalid("must have a domain name after the @");
        }
        Ok(Self::spelled(text))
    }

    /// The one spelling of whatever somebody typed, to look it up: addresses that were taken by an older rule are found
    /// too.
    #[must_use]
    pub fn spelled(text: &str) -> Self {
        Self(text.to_ascii_lowercase())
    }

    /// An address that was parsed before it was stored.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Never whole in a log.
impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Email(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelling(text: &str) -> Option<String> {
        Email::parse(text).ok().map(|email| email.as_str().to_owned())
    }

    #[test]
    fn an_address_has_one_spelling() {
        assert_eq!(
            spelling("Ada.Lovelace+Maps@Mail.Example.COM").as_deref(),
            Some("ada.lovelace+maps@mail.example.com")
        );
        assert_eq!(Email::spelled("Try..This@example.com").as_str(), "try..this@example.com");
    }

    #[test]
    fn what_mail_can_not_be_sent_to_is_refused() {
        for text in [
            "ada",
            "ada@",
            "@example.com",
            "try..this@example.com",
            "this.@example.com",
            ".dot@example.com",
            "ada@example..com",
            "ada@.example.com",
            "ada@example.com.",
            "ada@-example.com",
            "ada@exämple.com",
            "ädä@example.com",
            "ada\0@example.com",
            "ada @example.com",
            "\"ada lovelace\"@example.com",
            "Ada <ada@example.com>",
            "ada@localhost",
            "ada@[192.0.2.1]",
            "ada@192.0.2.1",
            "ada@example.com,eve@example.com",
            &format!("{}@example.com", "a".repeat(65)),
            &format!("ada@{}.com", "a".repeat(64)),
            &format!("ada@{}com", "a1.".repeat(90)),
        ] {
            assert_eq!(spelling(text), None, "{text}");
        }
    }

    #[test]
    fn an_address_is_not_printed() {
        assert!(!format!("{:?}", Email::spelled("ada@example.com")).contains("ada"));
    }
}
