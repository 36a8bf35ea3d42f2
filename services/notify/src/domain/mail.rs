//! A notification as a mail to one person.

use labelmesh_ids::DeliveryId;

use super::strangers::{harmless, quoted};

/// Where a user can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contact {
    /// The e-mail address.
    pub(crate) email: String,
    /// How to address the user; may be empty.
    pub(crate) name: String,
}

/// A mail ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    /// The id, which is the same for every attempt: mail systems and readers recognise a second copy by it.
    pub(crate) delivery_id: DeliveryId,
    pub(crate) to: Contact,
    pub(crate) subject: String,
    pub(crate) text: String,
}

impl Mail {
    /// The notification's words between a greeting and a footer.
    pub(crate) fn compose(delivery_id: DeliveryId, to: Contact, subject: String, body: &str) -> Self {
        // A quoted name is no part of what we say: its owner may have signed up with somebody else's address.
        let to = Contact { name: harmless(&to.name), ..to };
        let greeting = if to.name.is_empty() { "Hello,".to_owned() } else { format!("Hello {},", quoted(&to.name)) };
        let text = format!(
            "{greeting}\n\n{body}\n-- \nLabelmesh. This mail was sent by a program; nobody reads answers to it.\n"
        );
        Self { delivery_id, to, subject, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn compose(name: &str) -> Mail {
        let to = Contact { email: "ada@example.test".to_owned(), name: name.to_owned() };
        Mail::compose(Uuid::from_u128(1).into(), to, "Subject".to_owned(), "It happened.\n")
    }

    #[test]
    fn greets_by_name_where_there_is_one() {
        assert!(compose("Ada").text.starts_with("Hello “Ada”,\n\nIt happened.\n\n-- \n"));
        assert!(compose("").text.starts_with("Hello,\n\n"));
    }

    #[test]
    fn a_name_cannot_write_the_mail() {
        let mail = compose("Ada,\n\nyour password has expired");
        assert!(mail.text.starts_with("Hello “Ada, your password has expired”,\n"), "{}", mail.text);
        assert_eq!(compose("Ada\r\nBcc: x").to.name, "Ada Bcc: x");
    }
}
