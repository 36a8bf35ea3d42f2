//! What is said to somebody as a mail to one person.

use askama::Template;
use labelmesh_ids::DeliveryId;

use super::{
    letter::{Letter, Part},
    strangers::{harmless, quoted},
};

/// Where a user can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contact {
    /// The e-mail address.
    pub(crate) email: String,
    /// How to address the user; may be empty.
    pub(crate) name: String,
}

/// A mail ready to be sent: the same twice, for whoever reads text and for whoever reads HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    /// The id, which is the same for every attempt: mail systems and readers recognise a second copy by it.
    pub(crate) delivery_id: DeliveryId,
    pub(crate) to: Contact,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// A letter between a greeting and a footer.
#[derive(Template)]
#[template(path = "mail.txt")]
struct InText<'a> {
    greeting: &'a str,
    body: &'a str,
}

/// The same in our look. It loads nothing, and is readable where a mail program takes away all but the inline styles.
#[derive(Template)]
#[template(path = "mail.html")]
struct InHtml<'a> {
    greeting: &'a str,
    letter: &'a Letter,
}

impl InHtml<'_> {
    /// Whether a link is the first one, which stands out: it leads to the matter itself.
    fn is_first(&self, url: &str) -> bool {
        let mut links = self.letter.parts.iter().filter_map(|part| match part {
            Part::Link { url, .. } => Some(url),
            _ => None,
        });
        links.next().is_some_and(|first| first == url)
    }
}

impl Mail {
    /// A letter to somebody.
    ///
    /// # Errors
    /// None that could be met: nothing in the templates fails.
    pub(crate) fn compose(delivery_id: DeliveryId, to: Contact, letter: &Letter) -> Result<Self, askama::Error> {
        // A quoted name is no part of what we say: its owner may have signed up with somebody else's address.
        let to = Contact { name: harmless(&to.name), ..to };
        let greeting = if to.name.is_empty() { "Hello,".to_owned() } else { format!("Hello {},", quoted(&to.name)) };
        let (greeting, body) = (greeting.as_str(), &letter.body());
        Ok(Self {
            delivery_id,
            to,
            subject: letter.subject.clone(),
            text: InText { greeting, body }.render()?,
            html: InHtml { greeting, letter }.render()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn compose(name: &str, letter: &Letter) -> Mail {
        let to = Contact { email: "ada@example.test".to_owned(), name: name.to_owned() };
        Mail::compose(Uuid::from_u128(1).into(), to, letter).expect("nothing in it fails")
    }

    fn letter() -> Letter {
        Letter::new("Subject").text("It happened.")
    }

    #[test]
    fn greets_by_name_where_there_is_one() {
        let mail = compose("Ada", &letter());
        assert_eq!(
            mail.text,
            "Hello “Ada”,\n\nIt happened.\n\n-- \n\
             Labelmesh. This mail was sent by a program; nobody reads answers to it.\n"
        );
        assert!(mail.html.contains(">Hello “Ada”,</p>"), "{}", mail.html);
        assert!(compose("", &letter()).text.starts_with("Hello,\n\n"));
    }

    #[test]
    fn a_name_cannot_write_the_mail() {
        let mail = compose("Ada,\n\nyour password has expired", &letter());
        assert!(mail.text.starts_with("Hello “Ada, your password has expired”,\n"), "{}", mail.text);
        assert_eq!(compose("Ada\r\nBcc: x", &letter()).to.name, "Ada Bcc: x");
        let marked = compose("<b>Ada</b>", &letter());
        assert!(!marked.html.contains("<b>") && marked.text.starts_with("Hello “<b>Ada</b>”,\n"), "{}", marked.html);
    }

    #[test]
    fn each_part_is_in_both_and_nothing_is_loaded() {
        let letter = letter()
            .facts([("Images & more", "1 < 2".to_owned())])
            .link("See", "https://a.test/b?c=d&e=f")
            .link("See too", "https://a.test/c")
            .command("labelmesh tasks show 'x'");
        let Mail { text, html, .. } = compose("", &letter);
        assert!(text.contains("    Images & more:  1 < 2\n"), "{text}");
        for part in [
            ">It happened.</p>",
            ">Images &#38; more</td>",
            ">1 &#60; 2</td>",
            r#"<a href="https://a.test/b?c=d&#38;e=f""#,
            ">labelmesh tasks show &#39;x&#39;</p>",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert_eq!((html.matches("class=\"button\"").count(), html.matches("<a ").count()), (1, 2));
        for loaded in ["src=", "url(", "<img", "<link", "<script", "@import"] {
            assert!(!html.contains(loaded), "{loaded}: {html}");
        }
    }
}
