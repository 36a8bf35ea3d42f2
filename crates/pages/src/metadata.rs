//! What a page says of its image in its head.

use crate::{
    candidates::Found,
    rule::Rule,
    scan::{Meta, Page},
    srcset,
    tokens::Tag,
};

/// The images that the page names, the first of each rule first.
pub(crate) fn images(page: &Page) -> Vec<Found> {
    let mut found = Vec::new();
    for Meta { property, content, is_item } in &page.metas {
        match rule(property, *is_item) {
            Some(rule) => found.push(Found::new(rule, content)),
            None => sized(&mut found, property, content),
        }
    }
    found.extend(page.links.iter().filter_map(of_link));
    found
}

fn of_link(link: &Tag) -> Option<Found> {
    let is_item = link.has("itemprop");
    let names = link.get("rel").or_else(|| link.get("itemprop"))?.to_ascii_lowercase();
    let rule = names.split_ascii_whitespace().find_map(|name| match name {
        "image_src" => Some(Rule::ImageSrc),
        "preload" if link.get("as") == Some("image") => Some(Rule::Preload),
        "image" if is_item => Some(Rule::ItemProp),
        "thumbnailurl" if is_item => Some(Rule::Thumbnail),
        _ => None,
    });
    let largest = link.get("imagesrcset").and_then(srcset::largest).map(|largest| largest.url);
    Some(Found::new(rule?, largest.or(link.get("href"))?))
}

fn rule(property: &str, is_item: bool) -> Option<Rule> {
    match property {
        "image" if is_item => Some(Rule::ItemProp),
        "thumbnailurl" if is_item => Some(Rule::Thumbnail),
        "og:image:secure_url" => Some(Rule::OpenGraphSecure),
        "og:image" | "og:image:url" => Some(Rule::OpenGraph),
        "twitter:image" | "twitter:image:src" | "twitter:image0" | "twitter:image0:src" => Some(Rule::Twitter),
        "thumbnail" | "thumbnailurl" | "parsely-image-url" | "sailthru.image.full" | "image" => Some(Rule::Thumbnail),
        _ => None,
    }
}

/// Takes a size for that of the image that was named before, as Open Graph's arrays are written.
fn sized(found: &mut [Found], property: &str, content: &str) {
    let Some(side) = property.strip_prefix("og:image:") else { return };
    let Ok(length) = content.trim_end_matches("px").trim().parse() else { return };
    let is_open_graph = |found: &&mut Found| matches!(found.rule, Rule::OpenGraph | Rule::OpenGraphSecure);
    let mut images = found.iter_mut().rev().filter(is_open_graph);
    let Some(last) = images.next() else { return };
    // A second address of the same image may stand between.
    let same = images.next().filter(|before| before.rule != last.rule);
    for image in std::iter::once(last).chain(same) {
        match side {
            "width" => image.width = image.width.or(Some(length)),
            "height" => image.height = image.height.or(Some(length)),
            _ => {}
        }
    }
}
