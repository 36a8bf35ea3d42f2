//! Images in JSON-LD by the vocabulary of schema.org.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::{candidates::Found, rule::Rule};

/// How many objects of a page are looked at.
const MAX_NODES: usize = 5000;
/// How many images are taken.
const MAX_FOUND: usize = 500;

/// What is not what a page is about, though its image stands there.
const OTHERS: [&str; 12] = [
    "BreadcrumbList",
    "Brand",
    "Comment",
    "ContactPoint",
    "ItemList",
    "NewsMediaOrganization",
    "Organization",
    "Person",
    "SearchAction",
    "SiteNavigationElement",
    "WPHeader",
    "WebSite",
];
/// By which properties one comes to what a page is about.
const INWARD: [&str; 6] = ["@graph", "mainEntity", "mainEntityOfPage", "itemReviewed", "hasPart", "video"];

/// The images of each script of JSON-LD. A script that is broken is none.
pub(crate) fn images(scripts: &[String]) -> Vec<Found> {
    let values: Vec<Value> = scripts.iter().filter_map(|script| parse(script)).collect();
    let mut nodes = Nodes::default();
    for value in &values {
        nodes.collect(value);
    }
    let mut found = Vec::new();
    for node in &nodes.subjects {
        if found.len() >= MAX_FOUND {
            break;
        }
        let factor = if has_type(node, &OTHERS) { 0.5 } else { 1.0 };
        for (property, rule) in
            [("primaryImageOfPage", Rule::JsonLdImage), ("image", Rule::JsonLdImage), ("thumbnailUrl", Rule::Thumbnail)]
        {
            let images = node.get(property).into_iter().flat_map(|image| nodes.addresses(image, 0));
            found.extend(images.map(|image| Found { rule, factor, ..image }));
        }
        if has_type(node, &["ImageObject", "VideoObject"]) {
            found.extend(nodes.own_address(node).map(|own| Found { factor: 0.9, ..own }));
        }
    }
    found
}

/// JSON as pages have it: in comments or CDATA, with line ends in strings, with a semicolon behind.
fn parse(script: &str) -> Option<Value> {
    let mut text = script.trim();
    for (begin, end) in [("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("<![CDATA[", "]]>"), ("/*<![CDATA[*/", "/*]]>*/")]
    {
        text = text.strip_prefix(begin).unwrap_or(text).strip_suffix(end).unwrap_or(text).trim();
    }
    let text = text.trim_end_matches(';');
    let clean = || text.replace(|next: char| next.is_control(), " ");
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&clean())).ok()
}

/// What is said on the page.
#[derive(Default)]
struct Nodes<'a> {
    /// What it may be about.
    subjects: Vec<&'a Map<String, Value>>,
    /// By `@id`.
    named: HashMap<&'a str, &'a Map<String, Value>>,
}

impl<'a> Nodes<'a> {
    fn collect(&mut self, value: &'a Value) {
        if self.subjects.len() >= MAX_NODES {
            return;
        }
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.collect(value)),
            Value::Object(node) => {
                if let (Some(Value::String(id)), true) = (node.get("@id"), node.len() > 1) {
                    self.named.entry(id).or_insert(node);
                }
                self.subjects.push(node);
                INWARD.iter().filter_map(|inward| node.get(*inward)).for_each(|value| self.collect(value));
            }
            _ => {}
        }
    }

    /// The addresses of what stands for an image: a text, an object with an address, a name for one, or several.
    fn addresses(&self, image: &'a Value, depth: usize) -> Vec<Found> {
        match image {
            Value::String(url) => vec![Found::new(Rule::JsonLdImage, url)],
            Value::Array(images) if depth == 0 => {
                images.iter().take(20).flat_map(|image| self.addresses(image, 1)).collect()
            }
            Value::Object(node) => self.own_address(node).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The address of an object that is an image, or that names one.
    fn own_address(&self, node: &'a Map<String, Value>) -> Option<Found> {
        let named = node.get("@id").and_then(Value::as_str);
        let node = named.and_then(|id| self.named.get(id)).copied().unwrap_or(node);
        let text = |name: &&str| {
            let value = node.get(*name)?;
            value.as_str().or_else(|| value.as_array()?.first()?.as_str())
        };
        // What a video's own addresses lead to is no picture.
        let is_video = has_type(node, &["VideoObject"]);
        let properties =
            if is_video { &["thumbnailUrl"][..] } else { &["contentUrl", "url", "thumbnailUrl", "@value"] };
        let mut found = Found::new(Rule::JsonLdImage, properties.iter().find_map(text)?);
        found.width = node.get("width").and_then(length);
        found.height = node.get("height").and_then(length);
        Some(found)
    }
}

fn length(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => u32::try_from(number.as_u64()?).ok(),
        Value::String(text) => text.trim_end_matches("px").trim().parse().ok(),
        Value::Object(quantity) => length(quantity.get("value").filter(|value| !value.is_object())?),
        _ => None,
    }
}

fn has_type(node: &Map<String, Value>, types: &[&str]) -> bool {
    let is = |kind: &Value| {
        let kind = kind.as_str().unwrap_or_default();
        types.contains(&kind.rsplit(['/', ':', '#']).next().unwrap_or_default())
    };
    match node.get("@type") {
        Some(Value::Array(kinds)) => kinds.iter().any(is),
        Some(kind) => is(kind),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rule and address of what is found in a script.
    fn found(script: &str) -> Vec<(Rule, String)> {
        images(&[script.to_owned()]).into_iter().map(|found| (found.rule, found.url)).collect()
    }

    fn urls(script: &str) -> Vec<String> {
        found(script).into_iter().map(|(_, url)| url).collect()
    }

    #[test]
    fn an_image_is_a_text_an_object_or_several() {
        assert_eq!(found(r#"{"image": "a.jpg"}"#), [(Rule::JsonLdImage, "a.jpg".to_owned())]);
        assert_eq!(urls(r#"{"image": {"@type": "ImageObject", "url": "a.jpg"}}"#), ["a.jpg"]);
        assert_eq!(urls(r#"{"image": {"contentUrl": "a.jpg", "url": "/page"}}"#), ["a.jpg"]);
        assert_eq!(urls(r#"{"image": ["a.jpg", {"url": ["b.jpg"]}, 7, null, [["c.jpg"]]]}"#), ["a.jpg", "b.jpg"]);
        assert_eq!(found(r#"{"thumbnailUrl": "a.jpg"}"#), [(Rule::Thumbnail, "a.jpg".to_owned())]);
    }

    #[test]
    fn objects_stand_in_arrays_graphs_and_in_each_other() {
        assert_eq!(urls(r#"[{"image": "a.jpg"}, {"@graph": [{"image": "b.jpg"}]}]"#), ["a.jpg", "b.jpg"]);
        assert_eq!(urls(r#"{"mainEntity": {"image": "a.jpg"}}"#), ["a.jpg"]);
        assert_eq!(
            urls(r#"{"publisher": {"logo": {"url": "logo.png"}, "image": "x"}, "author": {"image": "y"}}"#),
            [""; 0]
        );
    }

    #[test]
    fn an_image_that_is_named_stands_elsewhere() {
        let script = r##"{"@graph": [{"@type": "WebPage", "primaryImageOfPage": {"@id": "#image"}},
            {"@type": "ImageObject", "@id": "#image", "url": "a.jpg", "width": 800, "height": "600"}]}"##;
        let images = images(&[script.to_owned()]);
        assert!(images.iter().all(|found| found.url == "a.jpg"));
        assert_eq!((images[0].width, images[0].height), (Some(800), Some(600)));
        assert_eq!(urls(r##"{"@id": "#a", "image": {"@id": "#a"}}"##), [""; 0], "one that names itself is none");
    }

    #[test]
    fn those_who_write_and_publish_come_after_what_they_write() {
        let script = r#"[{"@type": "Organization", "image": "o.jpg"}, {"@type": ["Thing", "http://schema.org/Article"],
            "image": "a.jpg"}]"#;
        let factors: Vec<_> = images(&[script.to_owned()]).iter().map(|found| found.factor).collect();
        assert_eq!(factors, [0.5, 1.0]);
    }

    #[test]
    fn what_pages_do_to_json_is_forgiven_and_what_is_broken_is_nothing() {
        assert_eq!(urls("//<![CDATA[\n{\"image\": \"a.jpg\"}\n//]]>"), ["a.jpg"]);
        assert_eq!(urls("<!-- {\"image\": \"a.jpg\"}; -->"), ["a.jpg"]);
        assert_eq!(urls("{\"name\": \"two\nlines\", \"image\": \"a.jpg\"};"), ["a.jpg"]);
        for broken in ["", "{", "{\"image\": \"a.jpg\",}", "null", "7", "\"a.jpg\"", &"[".repeat(100_000)] {
            assert_eq!(urls(broken), [""; 0], "{broken:.20}");
        }
    }
}
