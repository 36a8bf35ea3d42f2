//! E-mail addresses.

use std::fmt;

use labelmesh_errors::{Error, Result};

/// An address in its one spelling: lower case. The contract's rule checks its form.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Email(String);

impl Email {
    /// The one spelling of an address.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let plausible = text.is_ascii() && text.contains('@') && !text.contains(|c: char| c.is_ascii_control());
        if plausible {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(Error::invalid("email", "must be an e-mail address"))
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// An address that was parsed before it was stored.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
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

    #[test]
    fn an_address_has_one_spelling() {
        let spelling = |text| Email::parse(text).map(|email| email.as_str().to_owned()).ok();
        assert_eq!(spelling("Ada@Example.COM").as_deref(), Some("ada@example.com"));
        assert_eq!(spelling("ada"), None);
        assert_eq!(spelling("ada@exämple.com"), None);
        assert_eq!(spelling("ada\0@example.com"), None);
    }
}
