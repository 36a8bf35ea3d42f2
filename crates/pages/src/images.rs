//! The images in the body of a page, and how likely each is what the page is about.

use std::collections::HashSet;

use url::Url;

use crate::{
    candidates::Found,
    names::{self, Looks},
    place::Place,
    rule::Rule,
    scan::{Container, Image, Page},
    srcset,
    tokens::Tag,
};

/// What scripts put in the place of `src` when an image is near the screen; the largest first.
const LAZY: [&str; 11] = [
    "data-full-src",
    "data-large-file",
    "data-orig-file",
    "data-hi-res-src",
    "data-src-large",
    "data-original",
    "data-lazy-src",
    "data-lazy",
    "data-src",
    "data-image",
    "data-url",
];
/// Attributes that offer an image in several sizes.
const SETS: [&str; 3] = ["data-srcset", "data-lazy-srcset", "srcset"];
/// Words that tell nothing in a title are shorter.
const WORD: usize = 4;
/// So much prose around an image is that of an article, in bytes.
const ARTICLE: f64 = 1500.0;
/// The most that an image in the body can have: less than what is said in the head.
const MOST: f64 = 0.70;

/// The images of the body in the order in which they stand.
pub(crate) fn images(page: &Page, base: &Url) -> Vec<Found> {
    let title: HashSet<String> = long_words(&page.title).collect();
    let mut found = Vec::new();
    // How many there were before that may be what the page is about.
    let mut before = 0_u32;
    for image in &page.images {
        let Some((address, width)) = address(image) else { continue };
        let Ok(url) = base.join(address) else { continue };
        let mut one = Found::new(rule(&image.tag), address);
        let (declared, height) = size(&image.tag, &url, width);
        (one.width, one.height) = (declared, height);
        let container = image.within.and_then(|within| page.containers.get(within));
        let link = container.and_then(|container| base.join(container.place.link.as_deref()?).ok());
        let size = (declared, height);
        let seen = Seen { image, page, container, link, title: &title, url: &url, size, before };
        let (bonus, factor) = (seen.bonus(), seen.factor());
        before += u32::from(factor >= 1.0);
        one.bonus = bonus;
        one.factor = factor;
        one.most = MOST;
        found.push(one);
    }
    found
}

fn rule(tag: &Tag) -> Rule {
    match tag.name.as_str() {
        "amp-img" => Rule::AmpImg,
        "video" => Rule::Poster,
        _ => Rule::Img,
    }
}

/// Where the largest version of an image lies that it offers, and its width if that is told there.
fn address(image: &Image) -> Option<(&str, Option<u32>)> {
    let Image { tag, sources, .. } = image;
    if tag.name == "video" {
        return tag.get("poster").map(|poster| (poster, None));
    }
    let written = LAZY.iter().chain(&["src"]).filter_map(|name| tag.get(name)).find(|text| is_address(text));
    // What can't be decoded here is passed over.
    let readable = |source: &&Tag| !matches!(source.get("type"), Some("image/avif" | "image/jxl" | "image/heic"));
    let offered = || sources.iter().filter(readable).find_map(largest);
    largest(tag).or_else(|| written.map(|url| (url, None))).or_else(offered)
}

/// The largest image of the sets of a tag.
fn largest(tag: &Tag) -> Option<(&str, Option<u32>)> {
    let sets = SETS.iter().filter_map(|name| tag.get(name));
    sets.filter_map(srcset::largest).next().map(|entry| (entry.url, entry.width))
}

/// Whether a text may be an address: some scripts keep JSON there.
fn is_address(text: &str) -> bool {
    !text.starts_with(['{', '[', '<']) && !text.starts_with("data:") && !text.starts_with("blob:")
}

/// Width and height as far as anything tells them.
fn size(tag: &Tag, url: &Url, offered: Option<u32>) -> (Option<u32>, Option<u32>) {
    let (width, height) = (side(tag, "width"), side(tag, "height"));
    let named = names::size(url);
    match (offered, width, height) {
        // The offered one is the same image, larger.
        (Some(offered), Some(width @ 1..), Some(height)) => {
            let scaled = u64::from(offered) * u64::from(height) / u64::from(width);
            (Some(offered), u32::try_from(scaled).ok())
        }
        (Some(offered), ..) => (Some(offered), None),
        (None, None, None) => named.unzip(),
        _ => (width, height),
    }
}

/// A side in pixels, by the attribute or the style.
fn side(tag: &Tag, name: &str) -> Option<u32> {
    let number = |text: &str| text.trim().trim_end_matches("px").trim().parse::<f64>().ok();
    let by_style = || {
        let declarations = tag.get("style")?.split(';').filter_map(|declaration| declaration.split_once(':'));
        declarations
            .filter(|(property, _)| property.trim().eq_ignore_ascii_case(name))
            .find_map(|(_, value)| number(value))
    };
    let length = tag.get(name).and_then(number).or_else(by_style)?;
    (0.0..=100_000.0).contains(&length).then_some(length as u32)
}

fn long_words(text: &str) -> impl Iterator<Item = String> {
    names::words(text).filter(|word| word.chars().count() >= WORD).take(100)
}

/// An image and what is known of it.
struct Seen<'a> {
    image: &'a Image,
    page: &'a Page,
    /// The innermost element around it.
    container: Option<&'a Container>,
    /// Where a click on it leads to.
    link: Option<Url>,
    title: &'a HashSet<String>,
    url: &'a Url,
    size: (Option<u32>, Option<u32>),
    before: u32,
}

impl Seen<'_> {
    /// What speaks for it.
    fn bonus(&self) -> f64 {
        let (place, tag) = (self.place(), &self.image.tag);
        let mut bonus = 0.0;
        let mut add = |holds: bool, more: f64| bonus += if holds { more } else { 0.0 };
        add(place.is_content, 0.10);
        add(place.is_figure, 0.06);
        add(place.is_hero || is_hero(tag), 0.15);
        add(tag.get("fetchpriority") == Some("high"), 0.10);
        add(tag.get("itemprop").is_some_and(|name| name.eq_ignore_ascii_case("image")), 0.12);
        add(self.image.is_after_heading && self.before == 0, 0.08);
        add(names::has_ending(self.url, &["jpg", "jpeg", "webp"]), 0.03);
        add(self.link.as_ref().is_some_and(|link| names::has_ending(link, &names::PICTURES)), 0.06);
        bonus + self.area() + self.alikeness() * 0.12 + self.prose() * 0.10
    }

    /// What speaks against it, from 0 to 1.
    fn factor(&self) -> f64 {
        let (place, tag) = (self.place(), &self.image.tag);
        let mut factor = match self.looks() {
            Looks::Picture => 1.0,
            Looks::Ad => 0.5,
            Looks::Ornament => 0.3,
            Looks::Furniture => 0.2,
            Looks::StandIn => 0.1,
            Looks::Tracker => 0.02,
        };
        let mut times = |holds: bool, less: f64| factor *= if holds { less } else { 1.0 };
        times(place.is_around, 0.35);
        times(place.is_hidden || tag.has("hidden"), 0.5);
        // An image that leads elsewhere is of what is there.
        times(self.link.as_ref().is_some_and(|link| !names::has_ending(link, &names::PICTURES)), 0.8);
        times(names::has_ending(self.url, &["svg", "gif"]), 0.6);
        factor *= small(self.size);
        // The further down, the less.
        factor * (1.0 - 0.02 * f64::from(self.before.min(20)))
    }

    fn looks(&self) -> Looks {
        let tag = &self.image.tag;
        let named = [tag.get("class"), tag.get("id"), tag.get("alt").filter(|alt| alt.len() < 40)];
        let by_names = named.into_iter().flatten().map(names::of_name).max().unwrap_or(Looks::Picture);
        // What is lazy is called so.
        let by_names = if by_names == Looks::StandIn { Looks::Picture } else { by_names };
        by_names.max(names::of_url(self.url))
    }

    fn area(&self) -> f64 {
        let (Some(width), Some(height)) = (self.size.0, self.size.1.or(self.size.0)) else { return 0.0 };
        match u64::from(width) * u64::from(height) {
            300_000.. => 0.12,
            100_000.. => 0.08,
            40_000.. => 0.04,
            _ => 0.0,
        }
    }

    /// How much of the words that it is described by the title has, too, from 0 to 1.
    fn alikeness(&self) -> f64 {
        let name = self.url.path_segments().and_then(|mut path| path.next_back()).unwrap_or_default();
        let tag = &self.image.tag;
        let described = [tag.get("alt"), tag.get("title"), Some(name)];
        let words: HashSet<String> = described.into_iter().flatten().flat_map(long_words).collect();
        let shared = words.intersection(self.title).count();
        (shared.min(4) as f64) / 4.0
    }

    /// How much prose stands around it, from 0 to 1.
    fn prose(&self) -> f64 {
        let around = std::iter::successors(self.container, |container| self.page.containers.get(container.parent?));
        let prose: usize = around.take(4).map(|container| container.prose).sum();
        (prose as f64 / ARTICLE).min(1.0)
    }

    fn place(&self) -> Place {
        self.container.map(|container| container.place.clone()).unwrap_or_default()
    }
}

fn is_hero(tag: &Tag) -> bool {
    let named = [tag.get("class"), tag.get("id")];
    let mut words = named.into_iter().flatten().flat_map(names::words);
    words.any(|word| matches!(word.as_str(), "hero" | "featured" | "lead" | "cover" | "main" | "full" | "thumbnail"))
}

/// What a size that is told takes away: nothing from one that is large enough, and not a banner's.
pub(crate) fn small(size: (Option<u32>, Option<u32>)) -> f64 {
    let sides = [size.0, size.1];
    let shorter = sides.into_iter().flatten().min();
    let by_length = match shorter {
        Some(..50) => 0.1,
        Some(50..120) => 0.3,
        Some(120..200) => 0.7,
        _ => 1.0,
    };
    let is_long = matches!(size, (Some(width), Some(height)) if width.max(height) > 3 * width.min(height));
    if is_long { by_length * 0.5 } else { by_length }
}
