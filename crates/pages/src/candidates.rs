//! The images that a page may be about, the likeliest first.

use std::collections::HashMap;

use url::Url;

use crate::{
    charset, images, json_ld, metadata,
    names::{self, Looks},
    rule::Rule,
    scan::scan,
};

/// How much of a page is read, in bytes.
pub const MAX_HTML_BYTES: usize = 10 << 20;
/// How many images are told of.
pub const MAX_CANDIDATES: usize = 100;
/// The longest address, in bytes.
const MAX_URL: usize = 4096;

/// An image that a page may be about.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Where it lies: http or https, no fragment.
    pub url: Url,
    /// The first rule by which it was found.
    pub rule: Rule,
    /// How likely it is what the page is about, from 0 to 1: an order, and no probability. Above 0.7 the page says so
    /// itself.
    pub score: f64,
    /// In pixels, if the page tells it.
    pub width: Option<u32>,
    /// In pixels, if the page tells it.
    pub height: Option<u32>,
}

/// The images that a page may be about, the likeliest first, each once. Nothing is fetched, and nothing is an error: of
/// what is not HTML there are few or none. `charset` is what the server says of the encoding. Takes CPU time: not for
/// an async thread.
#[must_use]
pub fn candidates(html: &[u8], url: &Url, charset: Option<&str>) -> Vec<Candidate> {
    let html = charset::decode(&html[..html.len().min(MAX_HTML_BYTES)], charset);
    let page = scan(&html);
    let base = page.base.as_deref().filter(|base| base.len() <= MAX_URL).and_then(|base| url.join(base).ok());
    let base = base.filter(is_web).unwrap_or_else(|| url.clone());
    let mut found = metadata::images(&page);
    found.append(&mut json_ld::images(&page.data));
    found.append(&mut images::images(&page, &base));
    ranked(found, &base, url)
}

/// An image as a rule found it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) rule: Rule,
    /// As it stands there.
    pub(crate) url: String,
    pub(crate) width: Option<u32>,
    pub(crate) height: Option<u32>,
    /// What speaks for it, beside the rule.
    pub(crate) bonus: f64,
    /// What speaks against it, from 0 to 1.
    pub(crate) factor: f64,
    /// The most that it can have.
    pub(crate) most: f64,
}

impl Found {
    /// One with an address as it stands there; one that is too long is none.
    pub(crate) fn new(rule: Rule, url: &str) -> Self {
        let url = if url.len() <= MAX_URL { url } else { "" };
        Self { rule, url: url.to_owned(), width: None, height: None, bonus: 0.0, factor: 1.0, most: 1.0 }
    }
}

fn ranked(found: Vec<Found>, base: &Url, page: &Url) -> Vec<Candidate> {
    let mut ranked: Vec<Candidate> = Vec::new();
    let mut places: HashMap<Url, usize> = HashMap::new();
    let mut of_rule: HashMap<Rule, u32> = HashMap::new();
    for one in found {
        let Some(url) = image_address(&one.url, base, page) else { continue };
        let before = of_rule.entry(one.rule).or_default();
        let score = score(&one, &url, *before);
        *before += 1;
        let candidate = Candidate { url, rule: one.rule, score, width: one.width, height: one.height };
        match places.get(&candidate.url) {
            Some(place) => merge(&mut ranked[*place], &candidate),
            None => {
                places.insert(candidate.url.clone(), ranked.len());
                ranked.push(candidate);
            }
        }
    }
    // Of equals the first stays first.
    ranked.sort_by(|one, other| other.score.total_cmp(&one.score));
    ranked.truncate(MAX_CANDIDATES);
    ranked
}

/// The same image found by another rule: what speaks for it most counts.
fn merge(known: &mut Candidate, again: &Candidate) {
    known.rule = known.rule.min(again.rule);
    known.score = known.score.max(again.score);
    known.width = known.width.or(again.width);
    known.height = known.height.or(again.height);
}

/// The score of an image that comes after so many others of its rule.
fn score(found: &Found, url: &Url, before: u32) -> f64 {
    let is_of_body = found.most < 1.0;
    let later = if is_of_body { 1.0 } else { 1.0 - 0.005 * f64::from(before.min(10)) };
    let looks = match names::of_url(url) {
        _ if is_of_body => 1.0,
        Looks::Picture | Looks::Ad | Looks::Ornament => 1.0,
        Looks::Furniture => 0.6,
        Looks::StandIn => 0.4,
        Looks::Tracker => 0.1,
    };
    let size = if is_of_body { 1.0 } else { images::small((found.width, found.height)) };
    ((found.rule.score() + found.bonus).min(found.most) * found.factor * later * looks * size).clamp(0.0, 1.0)
}

/// The address of an image as it stands in a page.
pub(crate) fn image_address(text: &str, base: &Url, page: &Url) -> Option<Url> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    // Many pages escape twice what is in their head.
    let mut url = base.join(&text.replace("&amp;", "&")).ok()?;
    url.set_fragment(None);
    let is_plain = url.username().is_empty() && url.password().is_none();
    let is_picture = !names::has_ending(&url, &names::FILMS);
    let is_address = is_web(&url) && is_plain && url.as_str().len() <= 2 * MAX_URL;
    (is_address && is_picture && !is_same_page(&url, page)).then_some(url)
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

/// Whether an address is that of the page, or of the site's first one: what an empty one comes to.
fn is_same_page(url: &Url, page: &Url) -> bool {
    let is_home = url.path() == "/" && url.query().is_none();
    let query = url.query().filter(|query| !query.is_empty());
    is_home || (url.host_str(), url.path(), query) == (page.host_str(), page.path(), page.query())
}
