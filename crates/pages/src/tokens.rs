//! A page as a sequence of tags and text. Of a tag no more is kept than is looked at, so that a page of nothing but
//! attributes costs no memory.

use html5gum::{
    Span, State, Tokenizer,
    emitters::callback::{Callback, CallbackEmitter, CallbackEvent},
};

/// Attributes that are looked at.
const ATTRIBUTES: [&str; 35] = [
    "alt",
    "as",
    "class",
    "content",
    "data-full-src",
    "data-hi-res-src",
    "data-image",
    "data-large-file",
    "data-lazy",
    "data-lazy-src",
    "data-lazy-srcset",
    "data-orig-file",
    "data-original",
    "data-src",
    "data-src-large",
    "data-srcset",
    "data-url",
    "fetchpriority",
    "height",
    "hidden",
    "href",
    "id",
    "imagesrcset",
    "itemprop",
    "name",
    "poster",
    "property",
    "rel",
    "role",
    "src",
    "srcset",
    "style",
    "title",
    "type",
    "width",
];
/// The longest value of an attribute, in bytes; a longer one is not kept. Data in URLs is longer, and not wanted.
const MAX_VALUE: usize = 16 << 10;

/// A start tag.
#[derive(Debug, Default)]
pub(crate) struct Tag {
    /// In lower case.
    pub(crate) name: String,
    /// Whether it ends with a slash, which counts in SVG alone.
    pub(crate) is_closed: bool,
    attributes: Vec<(&'static str, String)>,
}

impl Tag {
    /// The value of an attribute, without white space around it, unless it is empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.text(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// Whether there is such an attribute.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.text(name).is_some()
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

/// What follows what.
#[derive(Debug)]
pub(crate) enum Token {
    Start(Tag),
    /// The name of an end tag, in lower case.
    End(String),
    Text(String),
}

/// The tokens of a page, by the HTML standard for a browser in which no scripts run.
pub(crate) fn tokens(html: &str) -> impl Iterator<Item = Token> {
    let mut tokenizer = Tokenizer::new_with_emitter(html, CallbackEmitter::new(Collector::default()));
    std::iter::from_fn(move || {
        let Ok(token) = tokenizer.next()?;
        if let Token::Start(tag) = &token
            && let Some(state) = state_after(&tag.name)
        {
            tokenizer.set_state(state);
        }
        Some(token)
    })
}

/// How what follows a tag is read, where it is not markup. What is in `<noscript>` is.
fn state_after(name: &str) -> Option<State> {
    match name {
        "textarea" | "title" => Some(State::RcData),
        "script" => Some(State::ScriptData),
        "style" | "iframe" | "xmp" | "noembed" | "noframes" => Some(State::RawText),
        _ => None,
    }
}

/// Makes tokens of the tokenizer's events.
#[derive(Debug, Default)]
struct Collector {
    tag: Tag,
    /// The attribute whose value comes next, if it is looked at.
    attribute: Option<&'static str>,
}

impl Callback<Token, ()> for Collector {
    fn handle_event(&mut self, event: CallbackEvent<'_>, _: Span<()>) -> Option<Token> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag = Tag { name: text(name), ..Tag::default() };
                self.attribute = None;
            }
            CallbackEvent::AttributeName { name } => {
                self.attribute = ATTRIBUTES.into_iter().find(|known| known.as_bytes() == name);
                // The first of equal names counts.
                self.attribute = self.attribute.filter(|name| !self.tag.has(name));
                self.tag.attributes.extend(self.attribute.map(|name| (name, String::new())));
            }
            CallbackEvent::AttributeValue { value } => {
                let last = self.tag.attributes.last_mut();
                if let (Some(_), Some((_, kept)), true) = (self.attribute.take(), last, value.len() <= MAX_VALUE) {
                    *kept = text(value);
                }
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                return Some(Token::Start(Tag { is_closed: self_closing, ..std::mem::take(&mut self.tag) }));
            }
            CallbackEvent::EndTag { name } => return Some(Token::End(text(name))),
            CallbackEvent::String { value } => return Some(Token::Text(text(value))),
            CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
        None
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(html: &str) -> Vec<Tag> {
        let starts = tokens(html).filter_map(|token| if let Token::Start(tag) = token { Some(tag) } else { None });
        starts.collect()
    }

    #[test]
    fn attributes_are_read_as_browsers_read_them() {
        let tags = tags("<IMG SRC=a.jpg src=b.jpg alt='&eacute; &amp; &#x2603;' onload=x hidden width = \" 40 \"/>");
        let [tag] = &tags[..] else { panic!("one tag: {tags:?}") };
        assert_eq!((tag.name.as_str(), tag.get("src"), tag.get("alt")), ("img", Some("a.jpg"), Some("é & ☃")));
        assert_eq!((tag.get("width"), tag.get("hidden"), tag.has("hidden")), (Some("40"), None, true));
        assert!(!tag.has("onload"));
    }

    #[test]
    fn what_is_in_scripts_and_comments_is_no_markup_and_what_is_in_noscript_is() {
        let html = "<script>'<img src=1>'</script><!-- <img src=2> --><style><img src=3></style>\
                    <title><img src=4></title><textarea><img src=5></textarea><noscript><img src=6></noscript>";
        let sources: Vec<_> = tags(html).iter().filter_map(|tag| tag.get("src").map(str::to_owned)).collect();
        assert_eq!(sources, ["6"]);
    }

    #[test]
    fn a_value_that_is_very_long_is_not_kept() {
        let html = format!("<img src=\"{}\" alt=x>", "a".repeat(MAX_VALUE + 1));
        assert_eq!((tags(&html)[0].get("src"), tags(&html)[0].get("alt")), (None, Some("x")));
    }

    #[test]
    fn attributes_of_end_tags_are_nobodys() {
        let tags = tags("<img alt=a></div src=b.jpg><img>");
        assert_eq!((tags[0].get("src"), tags[1].get("src")), (None, None));
    }
}
