//! The images of a page as a browser shows it.

use std::{collections::HashMap, time::Duration};

use labelmesh_browser::Error as BrowserError;
use serde::Deserialize;
use tokio::time::Instant;
use url::Url;

use crate::{
    candidates::{Candidate, MAX_CANDIDATES, candidates, image_address},
    images::small,
    names::{self, Looks},
    renderer::{RenderError, Renderer, View},
    rule::Rule,
    screenshot::QUIET,
    srcset,
};

/// The window in which the page is seen, in its pixels.
const WIDTH: u32 = 1280;
const HEIGHT: u32 = 800;
/// How long the page may take to tell of its images.
const TELLING: Duration = Duration::from_secs(5);
/// The most that an image can have that the page only shows: less than what is said in its head.
const MOST: f64 = 0.70;
/// How much of its lesser score an image gets besides where the text of the page shows it, too.
const BOTH: f64 = 0.2;
/// So much of the window an image covers that can't be larger, for its score.
const LARGE: f64 = 0.5;

/// What a page tells of its images. The boxes are in windows: 1 is the area of one.
const TELL: &str = r#"
(async () => {
    const painted = await new Promise(done => {
        const entries = [];
        new PerformanceObserver(list => done(entries.concat(list.getEntries())))
            .observe({type: 'largest-contentful-paint', buffered: true});
        setTimeout(() => done(entries), 300);
    });
    const largest = painted.filter(entry => entry.url).sort((one, other) => other.size - one.size)[0];
    const readable = source => !/avif|jxl|heic/.test(source.type);
    const bottom = innerHeight * 1.5 - scrollY;
    const images = [...document.images].slice(0, 500).map(image => {
        const box = image.getBoundingClientRect();
        const width = Math.min(box.right, innerWidth) - Math.max(box.left, 0);
        const height = Math.min(box.bottom, bottom) - Math.max(box.top, -scrollY);
        const sources = [...image.parentElement?.matches('picture') ? image.parentElement.children : []];
        return {
            url: image.currentSrc.slice(0, 5000),
            sets: [image, ...sources.filter(readable)].map(source => (source.srcset ?? '').slice(0, 20000)),
            width: image.naturalWidth,
            height: image.naturalHeight,
            share: Math.max(width, 0) * Math.max(height, 0) / (innerWidth * innerHeight),
            isHidden: !image.checkVisibility({opacityProperty: true, visibilityProperty: true}),
            isAround: !!image.closest('nav, aside, footer, [role=navigation], [role=dialog], [role=complementary]'),
            link: (image.closest('a[href]')?.href ?? '').slice(0, 5000),
        };
    });
    return {
        base: document.baseURI,
        html: (document.documentElement?.outerHTML ?? '').slice(0, 5000000),
        painted: largest?.url.slice(0, 5000),
        images: images.filter(image => image.url),
    };
})()
"#;

#[derive(Debug, Deserialize)]
struct Told {
    base: String,
    html: String,
    painted: Option<String>,
    images: Vec<Shown>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    url: String,
    sets: Vec<String>,
    /// In pixels, of the file.
    width: u32,
    height: u32,
    /// How much of the window it covers as far as it is above one and a half windows.
    share: f64,
    is_hidden: bool,
    /// Whether it stands beside what the page is about.
    is_around: bool,
    link: String,
}

/// The images that a page may be about by what it shows in a browser, the likeliest first.
///
/// # Errors
/// That there is no page to be seen, or that it does not tell.
pub(crate) async fn rendered(renderer: &Renderer, url: &str, by: Instant) -> Result<Vec<Candidate>, RenderError> {
    let view = View { width: WIDTH, height: HEIGHT, scale: 1.0, styles: Vec::new() };
    let visit = renderer.visit(url, view, by).await?;
    visit.page.settle(QUIET, by).await?;
    let document = visit.document()?;
    let told = match visit.page.evaluate(TELL, Instant::now() + TELLING).await {
        // It went elsewhere meanwhile, or is none that has images.
        Err(BrowserError::Refused { .. }) => return Ok(Vec::new()),
        told => told?,
    };
    let Ok(page) = Url::parse(&document.url) else { return Ok(Vec::new()) };
    let found = tokio::task::spawn_blocking(move || {
        // What the page says of itself is what our script read.
        let told = serde_json::from_value(told).ok()?;
        Some(ranked(told, &page))
    });
    Ok(found.await.ok().flatten().unwrap_or_default())
}

/// The images of the text of the page, and those that it shows.
fn ranked(told: Told, page: &Url) -> Vec<Candidate> {
    let mut ranked = candidates(told.html.as_bytes(), page, Some("utf-8"));
    let base = Url::parse(&told.base).unwrap_or_else(|_| page.clone());
    let mut places: HashMap<Url, usize> =
        ranked.iter().enumerate().map(|(place, candidate)| (candidate.url.clone(), place)).collect();
    for (shown, is_painted) in shown(&told) {
        let Some(candidate) = candidate(shown, is_painted, &base, page) else { continue };
        match places.get(&candidate.url) {
            Some(place) => merge(&mut ranked[*place], &candidate),
            None => {
                places.insert(candidate.url.clone(), ranked.len());
                ranked.push(candidate);
            }
        }
    }
    if let Some(painted) = told.painted.as_deref().filter(|url| told.images.iter().all(|image| image.url != *url)) {
        // It is the background of something.
        let url = image_address(painted, &base, page);
        let is_new = |url: &Url| !places.contains_key(url);
        let score = |url: &Url| Rule::LargestPaint.score() * looks(url);
        ranked.extend(url.filter(is_new).map(|url| Candidate {
            score: score(&url),
            url,
            rule: Rule::LargestPaint,
            width: None,
            height: None,
        }));
    }
    // Of equals the first stays first.
    ranked.sort_by(|one, other| other.score.total_cmp(&one.score));
    ranked.truncate(MAX_CANDIDATES);
    ranked
}

/// The images that are to be seen, and whether each was the largest paint, which comes first.
fn shown(told: &Told) -> impl Iterator<Item = (&Shown, bool)> {
    let is_painted = |image: &Shown| told.painted.as_deref() == Some(image.url.as_str());
    let seen = told.images.iter().filter(|image| image.share > 0.0 && !image.is_hidden);
    let (painted, others): (Vec<_>, Vec<_>) = seen.partition(|image| is_painted(image));
    painted.into_iter().map(|image| (image, true)).chain(others.into_iter().map(|image| (image, false)))
}

fn candidate(shown: &Shown, is_painted: bool, base: &Url, page: &Url) -> Option<Candidate> {
    let largest = shown.sets.iter().find_map(|set| srcset::largest(set)).filter(|entry| entry.width.is_some());
    let (text, width) = largest.map_or((shown.url.as_str(), None), |entry| (entry.url, entry.width));
    let url = image_address(text, base, page).or_else(|| image_address(&shown.url, base, page))?;
    let rule = if is_painted { Rule::LargestPaint } else { Rule::Rendered };
    // The largest paint is large already.
    let by_size = if is_painted { 0.0 } else { 0.28 * (shown.share / LARGE).clamp(0.0, 1.0) };
    let mut factor = looks(&url) * small((Some(shown.width), Some(shown.height)));
    if shown.is_around {
        factor *= 0.35;
    }
    // An image that leads elsewhere is of what is there.
    let leads = Url::parse(&shown.link).is_ok_and(|link| !names::has_ending(&link, &names::PICTURES));
    if leads {
        factor *= 0.8;
    }
    let score = (rule.score() + by_size) * factor;
    let (width, height) = match width {
        Some(width) => (Some(width), None),
        None => (Some(shown.width), Some(shown.height)),
    };
    Some(Candidate { url, rule, score, width, height })
}

/// What the name of an image takes away.
fn looks(url: &Url) -> f64 {
    let by_name = match names::of_url(url) {
        Looks::Picture => 1.0,
        Looks::Ad => 0.5,
        Looks::Ornament => 0.3,
        Looks::Furniture => 0.2,
        Looks::StandIn => 0.1,
        Looks::Tracker => 0.02,
    };
    if names::has_ending(url, &["svg", "gif"]) { by_name * 0.6 } else { by_name }
}

/// The same image by the text of the page and by what it shows: the likelier rule counts, and the other a little. What
/// is said in the head stays what it is.
fn merge(known: &mut Candidate, shown: &Candidate) {
    if known.score <= MOST {
        let (more, less) = (known.score.max(shown.score), known.score.min(shown.score));
        known.rule = if shown.score > known.score { shown.rule } else { known.rule };
        known.score = (more + BOTH * less).min(MOST);
    }
    known.width = known.width.or(shown.width);
    known.height = known.height.or(shown.height);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(url: &str, share: f64) -> Shown {
        Shown {
            url: url.to_owned(),
            sets: Vec::new(),
            width: 900,
            height: 600,
            share,
            is_hidden: false,
            is_around: false,
            link: String::new(),
        }
    }

    fn found(html: &str, painted: Option<&str>, images: Vec<Shown>) -> Vec<(String, Rule)> {
        let page = Url::parse("https://a.test/page").expect("a URL");
        let told = Told { base: page.to_string(), html: html.to_owned(), painted: painted.map(str::to_owned), images };
        let ranked = ranked(told, &page);
        assert!(ranked.is_sorted_by(|one, other| one.score >= other.score));
        assert!(ranked.iter().all(|one| (0.0..=1.0).contains(&one.score)), "{ranked:?}");
        ranked.into_iter().map(|one| (one.url.path().to_owned(), one.rule)).collect()
    }

    fn rules(found: &[(String, Rule)]) -> Vec<(&str, Rule)> {
        found.iter().map(|(path, rule)| (path.as_str(), *rule)).collect()
    }

    #[test]
    fn the_largest_paint_is_first_and_then_the_largest_box() {
        let images = vec![
            image("https://a.test/small.jpg", 0.05),
            image("https://a.test/large.jpg", 0.4),
            image("https://a.test/painted.jpg", 0.3),
        ];
        let found = found("", Some("https://a.test/painted.jpg"), images);
        let expected =
            [("/painted.jpg", Rule::LargestPaint), ("/large.jpg", Rule::Rendered), ("/small.jpg", Rule::Rendered)];
        assert_eq!(rules(&found), expected);
    }

    #[test]
    fn what_the_head_says_stays_above() {
        let images = vec![image("https://a.test/painted.jpg", 0.5)];
        let html = "<meta property=og:image content=/said.jpg><img src=painted.jpg>";
        let found = found(html, Some("https://a.test/painted.jpg"), images);
        assert_eq!(rules(&found), [("/said.jpg", Rule::OpenGraph), ("/painted.jpg", Rule::LargestPaint)]);
    }

    #[test]
    fn what_is_not_seen_or_stands_beside_is_less() {
        let beside = Shown { is_around: true, ..image("https://a.test/beside.jpg", 0.5) };
        let hidden = Shown { is_hidden: true, ..image("https://a.test/hidden.jpg", 0.5) };
        let leads = Shown { link: "https://b.test/".to_owned(), ..image("https://a.test/leads.jpg", 0.3) };
        let logo = image("https://a.test/img/logo.png", 0.5);
        let images = vec![beside, hidden, leads, logo, image("https://a.test/below.jpg", 0.0)];
        let paths: Vec<_> = found("", None, images).into_iter().map(|(path, _)| path).collect();
        assert_eq!(paths, ["/leads.jpg", "/beside.jpg", "/img/logo.png"]);
    }

    #[test]
    fn the_largest_version_is_taken_and_a_background_is_an_image() {
        let sets = vec!["small.jpg 400w, large.jpg 1600w".to_owned()];
        let images = vec![Shown { sets, ..image("https://a.test/small.jpg", 0.3) }];
        let found = found("", Some("https://a.test/background.jpg"), images);
        assert_eq!(rules(&found), [("/background.jpg", Rule::LargestPaint), ("/large.jpg", Rule::Rendered)]);
    }
}
