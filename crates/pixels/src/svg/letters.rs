//! How much text a drawing may have: laying it out takes time that grows faster than it does.

use std::collections::HashMap;

use resvg::usvg::roxmltree::{Document, Node, NodeId};

use crate::Error;

/// The most bytes of text, that which is repeated counted each time.
const MAX_LETTERS: u64 = 20_000;
/// All bytes of a text are shaped for each of its pieces: the most of one times the other, of all texts together.
const MAX_SHAPED: u64 = 1_000_000;
/// Of a text along a path each letter looks at each piece of the path: the most letters times bytes that describe the
/// longest path.
const MAX_ALONG: u64 = 10_000_000;
/// The most elements that name one another, each within what the one before it names.
const MAX_CHAIN: usize = 1_000;

/// The text in an element, and in what it repeats.
#[derive(Debug, Clone, Copy, Default)]
struct Letters {
    letters: u64,
    shaped: u64,
    /// Letters in texts along paths, and such texts.
    along: u64,
}

/// Counts each element once, however often it is repeated.
struct Counter<'a, 'input> {
    /// Names are to be given once, and may be given more often.
    named: HashMap<&'a str, Vec<Node<'a, 'input>>>,
    counted: HashMap<NodeId, Letters>,
}

/// Refuses more text than is laid out in a moment, and text that is drawn once for each of unknown many places.
///
/// # Errors
/// NotDrawn.
pub(super) fn check(document: &Document<'_>) -> Result<(), Error> {
    let is_text = |node: &Node<'_, '_>| node.tag_name().name() == "text";
    if !document.descendants().any(|node| is_text(&node)) {
        return Ok(());
    }
    let mut counter = Counter { named: HashMap::new(), counted: HashMap::new() };
    for node in document.descendants() {
        if let Some(name) = node.attribute("id") {
            counter.named.entry(name).or_default().push(node);
        }
    }
    let Letters { letters, shaped, along } = counter.count(document.root_element(), MAX_CHAIN)?;
    let described = |node: Node<'_, '_>| node.attribute("d").or(node.attribute("points")).map_or(0, str::len);
    let longest = document.descendants().map(described).max().unwrap_or_default();
    if letters > MAX_LETTERS || shaped > MAX_SHAPED || along.saturating_mul(longest as u64) > MAX_ALONG {
        return Err(Error::NotDrawn("more text than may be"));
    }
    Ok(())
}

/// The text of a text element.
fn text(element: Node<'_, '_>) -> Result<Letters, Error> {
    let (mut letters, mut pieces, mut paths) = (0, 0, 0);
    for node in element.descendants() {
        match node.tag_name().name() {
            "tref" => return Err(Error::NotDrawn("text that is named elsewhere")),
            "textPath" => paths += 1,
            _ => {}
        }
        if node.is_text() {
            letters += node.text().map_or(0, str::len) as u64;
            pieces += 1;
        }
    }
    let along = if paths > 0 { letters + paths } else { 0 };
    Ok(Letters { letters, shaped: letters.saturating_mul(pieces), along })
}

impl<'a, 'input> Counter<'a, 'input> {
    fn count(&mut self, element: Node<'a, 'input>, chain: usize) -> Result<Letters, Error> {
        if let Some(counted) = self.counted.get(&element.id()) {
            return Ok(*counted);
        }
        if chain == 0 {
            return Err(Error::NotDrawn("elements too deep within others"));
        }
        // What names itself is not drawn.
        self.counted.insert(element.id(), Letters::default());
        let name = element.tag_name().name();
        let mut counted = if name == "text" { text(element)? } else { Letters::default() };
        if name == "use" {
            let names = element.attributes().filter(|attribute| attribute.name() == "href");
            let named = names.filter_map(|name| self.named.get(name.value().trim().strip_prefix('#')?)).flatten();
            for named in named.copied().collect::<Vec<_>>() {
                counted.add(self.count(named, chain - 1)?);
            }
        }
        if name != "text" {
            for child in element.children().filter(Node::is_element) {
                counted.add(self.count(child, chain - 1)?);
            }
        }
        if matches!(name, "marker" | "pattern" | "mask" | "clipPath") && counted.letters > 0 {
            return Err(Error::NotDrawn("text in a marker, pattern, mask or clip path"));
        }
        self.counted.insert(element.id(), counted);
        Ok(counted)
    }
}

impl Letters {
    fn add(&mut self, other: Self) {
        self.letters = self.letters.saturating_add(other.letters);
        self.shaped = self.shaped.saturating_add(other.shaped);
        self.along = self.along.saturating_add(other.along);
    }
}
