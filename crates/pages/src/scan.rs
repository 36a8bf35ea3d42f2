//! One walk over a page: what it says of itself, and the images in it with where they stand.

use crate::{
    place::Place,
    tokens::{Tag, Token, tokens},
};

/// How deep elements are followed into each other; what is deeper belongs to the deepest.
const MAX_DEPTH: usize = 256;
/// How far back an end tag looks for its element.
const MAX_SKIPPED: usize = 32;
/// How many of anything are kept.
const MAX_META: usize = 1000;
const MAX_IMAGES: usize = 2000;
const MAX_CONTAINERS: usize = 50_000;
/// How much of a title is kept, in bytes.
const MAX_TITLE: usize = 500;
/// How much of JSON-LD is kept, in bytes: as values it takes up to a hundred times as much.
const MAX_DATA: usize = 1 << 20;
/// Shorter texts are captions and menus.
const PROSE: usize = 40;

/// Elements that hold others and that have an end tag.
const CONTAINERS: [&str; 22] = [
    "a",
    "amp-carousel",
    "article",
    "aside",
    "blockquote",
    "button",
    "div",
    "figure",
    "footer",
    "form",
    "header",
    "main",
    "nav",
    "ol",
    "picture",
    "section",
    "svg",
    "table",
    "template",
    "ul",
    "video",
    "amp-story",
];
/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// What addresses are relative to, if it says so.
    pub(crate) base: Option<String>,
    /// Its title and its first heading.
    pub(crate) title: String,
    /// Properties in the order in which they stand.
    pub(crate) metas: Vec<Meta>,
    pub(crate) links: Vec<Tag>,
    /// JSON-LD.
    pub(crate) data: Vec<String>,
    pub(crate) images: Vec<Image>,
    pub(crate) containers: Vec<Container>,
}

/// A property: in lower case, and what it is.
#[derive(Debug)]
pub(crate) struct Meta {
    pub(crate) property: String,
    pub(crate) content: String,
    /// Whether it is one of microdata.
    pub(crate) is_item: bool,
}

/// An element that shows an image.
#[derive(Debug)]
pub(crate) struct Image {
    pub(crate) tag: Tag,
    /// What the `<source>`s beside it offer.
    pub(crate) sources: Vec<Tag>,
    /// The innermost element around it.
    pub(crate) within: Option<usize>,
    /// Whether the page's heading stands before it.
    pub(crate) is_after_heading: bool,
}

/// An element around others.
#[derive(Debug, Clone, Default)]
pub(crate) struct Container {
    pub(crate) parent: Option<usize>,
    /// Bytes of prose that stand in it and in nothing within it.
    pub(crate) prose: usize,
    /// What holds of it or of anything around it.
    pub(crate) place: Place,
}

/// Walks over a page.
pub(crate) fn scan(html: &str) -> Page {
    let mut walk = Walk::default();
    for token in tokens(html) {
        match token {
            Token::Start(tag) => walk.start(tag),
            Token::End(name) => walk.end(&name),
            Token::Text(text) => walk.text(text),
        }
    }
    walk.page
}

#[derive(Debug, Default)]
struct Walk {
    page: Page,
    /// The elements that are open, by name.
    open: Vec<(String, usize)>,
    /// What the text that comes is.
    reading: Reading,
    had_heading: bool,
    /// How much of JSON-LD was kept.
    data_bytes: usize,
    sources: Vec<Tag>,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Reading {
    #[default]
    Prose,
    Title,
    Heading,
    Data,
    Code,
}

impl Walk {
    fn start(&mut self, tag: Tag) {
        match tag.name.as_str() {
            "base" if self.page.base.is_none() => self.page.base = tag.get("href").map(str::to_owned),
            "meta" => self.meta(&tag),
            "link" if self.page.links.len() < MAX_META => self.page.links.push(tag),
            "script" => {
                let is_data =
                    tag.get("type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("application/ld+json"));
                self.reading = if is_data { Reading::Data } else { Reading::Code };
            }
            "style" | "textarea" | "iframe" | "xmp" | "noembed" | "noframes" => self.reading = Reading::Code,
            // An SVG has titles, too.
            "title" if self.page.title.is_empty() => self.reading = Reading::Title,
            "title" => self.reading = Reading::Code,
            "h1" if !self.had_heading => {
                self.had_heading = true;
                self.reading = Reading::Heading;
            }
            "source" if self.is_in("picture") && self.sources.len() < MAX_DEPTH => self.sources.push(tag),
            "img" | "amp-img" => self.image(tag),
            "video" => {
                let within = self.innermost();
                self.open(&tag);
                if tag.has("poster") {
                    self.push(tag, Vec::new(), within);
                }
            }
            "svg" if tag.is_closed => {}
            name if CONTAINERS.contains(&name) => {
                match name {
                    "picture" => self.sources.clear(),
                    // No link stands in another.
                    "a" if self.is_in("a") => self.end("a"),
                    _ => {}
                }
                self.open(&tag);
            }
            _ => {}
        }
    }

    fn meta(&mut self, tag: &Tag) {
        let Some(content) = tag.get("content") else { return };
        for attribute in ["property", "name", "itemprop"] {
            let Some(property) = tag.get(attribute) else { continue };
            if self.page.metas.len() < MAX_META {
                let (property, content) = (property.to_ascii_lowercase(), content.to_owned());
                self.page.metas.push(Meta { property, content, is_item: attribute == "itemprop" });
            }
        }
    }

    fn image(&mut self, tag: Tag) {
        let sources = if self.is_in("picture") { std::mem::take(&mut self.sources) } else { Vec::new() };
        self.push(tag, sources, self.innermost());
    }

    fn push(&mut self, tag: Tag, sources: Vec<Tag>, within: Option<usize>) {
        if self.page.images.len() < MAX_IMAGES {
            self.page.images.push(Image { tag, sources, within, is_after_heading: self.had_heading });
        }
    }

    /// Opens an element that holds others.
    fn open(&mut self, tag: &Tag) {
        if self.open.len() >= MAX_DEPTH || self.page.containers.len() >= MAX_CONTAINERS {
            return;
        }
        let parent = self.innermost();
        let around = parent.map(|parent| self.page.containers[parent].place.clone()).unwrap_or_default();
        self.page.containers.push(Container { parent, prose: 0, place: around.with(tag) });
        self.open.push((tag.name.clone(), self.page.containers.len() - 1));
    }

    fn end(&mut self, name: &str) {
        match name {
            "h1" | "title" | "script" | "style" | "textarea" | "iframe" | "xmp" | "noembed" | "noframes" => {
                self.reading = Reading::Prose;
            }
            _ => {
                let near = self.open.iter().rev().take(MAX_SKIPPED);
                if let Some(skipped) = near.map(|(open, _)| open).position(|open| open == name) {
                    self.open.truncate(self.open.len() - skipped - 1);
                }
            }
        }
    }

    fn text(&mut self, text: String) {
        match self.reading {
            Reading::Data => {
                if self.data_bytes + text.len() <= MAX_DATA {
                    self.data_bytes += text.len();
                    self.page.data.push(text);
                }
            }
            Reading::Title | Reading::Heading => {
                if self.page.title.len() + text.len() <= MAX_TITLE {
                    self.page.title.push(' ');
                    self.page.title.push_str(&text);
                }
            }
            Reading::Prose => {
                let length = text.trim().len();
                if let (true, Some(innermost)) = (length >= PROSE, self.innermost()) {
                    self.page.containers[innermost].prose += length;
                }
            }
            Reading::Code => {}
        }
    }

    fn innermost(&self) -> Option<usize> {
        self.open.last().map(|(_, container)| *container)
    }

    fn is_in(&self, name: &str) -> bool {
        self.open.last().is_some_and(|(open, _)| open == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_belongs_to_the_innermost_element() {
        let page = scan(&format!("<div><p>{}</p><p>short</p><a href=x>menu</a></div>", "word ".repeat(20)));
        assert_eq!(page.containers[0].prose, 99);
    }

    #[test]
    fn the_title_is_that_of_the_page_and_its_heading() {
        let page = scan("<title>One</title><svg><title>Icon</title></svg><h1>Two <b>three</b></h1><h1>Four</h1>");
        assert_eq!(page.title.split_whitespace().collect::<Vec<_>>(), ["One", "Two", "three"]);
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let page = scan(&("<div>".repeat(100_000) + &"<img src=a>".repeat(5000)));
        assert_eq!((page.containers.len(), page.images.len()), (MAX_DEPTH, MAX_IMAGES));
    }
}
