//! Fetches a page and its images, and takes the first that is good enough.

use std::{collections::HashSet, fmt, time::Duration};

use bytes::Bytes;
use labelmesh_browser::Error as BrowserError;
use labelmesh_outbound::{Fault, Fetched, Outbound};
use tokio::time::Instant;
use url::Url;

use crate::{
    candidates::{Candidate, candidates},
    judge::{Picture, is_picture, judge},
    rendered::rendered,
    renderer::{RenderError, Renderer},
    rule::Rule,
};

/// What a page may be.
const PAGES: &str = "text/html,application/xhtml+xml,image/webp,image/png,image/jpeg,image/gif;q=0.9,*/*;q=0.1";
/// What is decoded here; some servers send AVIF to whoever does not say so.
const IMAGES: &str = "image/webp,image/png,image/jpeg,image/gif,image/svg+xml;q=0.8,*/*;q=0.1";

/// Above this score the page itself said so, and no browser is asked.
const SAID: f64 = 0.7;
/// How long a browser is waited for, at most, and never more than half of the time for all.
const RENDERING: Duration = Duration::from_secs(15);

/// What is wanted, and how much may be spent on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// The least that an image has on its shorter side, in pixels.
    pub min_side: u32,
    /// How many images are fetched.
    pub max_candidates: usize,
    /// The most bytes of a page, and of an image.
    pub max_bytes: usize,
    /// How long all of it may take.
    pub time: Duration,
}

impl Default for Options {
    /// 200 pixels, 5 images, 20 MiB, 45 s.
    fn default() -> Self {
        Self { min_side: 200, max_candidates: 5, max_bytes: 20 << 20, time: Duration::from_secs(45) }
    }
}

/// The image that a page is about.
#[derive(Debug, Clone, PartialEq)]
pub struct LeadImage {
    /// Where the page lies, behind all redirects.
    pub page: Url,
    /// Where the image lies, behind all redirects.
    pub url: Url,
    /// By which rule it was found.
    pub rule: Rule,
    /// How likely it is the right one, as in [`Candidate::score`].
    pub score: f64,
    /// The file.
    pub bytes: Bytes,
    /// The registered name of its format, by its content.
    pub media_type: &'static str,
    /// In pixels, upright.
    pub width: u32,
    /// In pixels, upright.
    pub height: u32,
    /// The other candidates, the likeliest first.
    pub runners_up: Vec<RunnerUp>,
    /// Why the page was judged by its text alone where it should have been looked at: the browser does not start.
    pub unseen: Option<BrowserError>,
}

/// An image that was not taken.
#[derive(Debug, Clone, PartialEq)]
pub struct RunnerUp {
    /// Where it lies, as the page says.
    pub url: Url,
    /// By which rule it was found.
    pub rule: Rule,
    /// As in [`Candidate::score`].
    pub score: f64,
    /// Why it was not taken.
    pub reason: Reason,
}

/// Why an image was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// One before it was good enough, or enough were tried.
    NotTried,
    /// It could not be fetched.
    Unreachable,
    /// Its host is not public, or its URL none that is called.
    AddressRefused,
    /// It has more bytes than are fetched.
    TooLarge,
    /// It is nothing that can be decoded, within the bounds of `labelmesh_pixels::Limits`.
    NotAPicture,
    /// Its shorter side is too short.
    TooSmall,
    /// One side is more than three times the other.
    TooNarrow,
    /// All its pixels are alike.
    OneColor,
}

impl Reason {
    /// A short name that stays.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotTried => "not tried",
            Self::Unreachable => "unreachable",
            Self::AddressRefused => "address refused",
            Self::TooLarge => "too large",
            Self::NotAPicture => "not a picture",
            Self::TooSmall => "too small",
            Self::TooNarrow => "too narrow",
            Self::OneColor => "one color",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl From<Fault> for Reason {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::AddressRefused | Fault::PortRefused | Fault::UrlInvalid => Self::AddressRefused,
            Fault::TooLarge => Self::TooLarge,
            _ => Self::Unreachable,
        }
    }
}

/// Why there is no image. The text is one sentence, lower case, without a full stop.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Error {
    /// The page could not be fetched.
    #[error("{0}")]
    Page(Fault),
    /// What lies there is neither HTML nor a picture.
    #[error("it is not a page")]
    NotAPage,
    /// The page has no image that is good enough; those that it has.
    #[error("no image of the page will do")]
    NoImage(Vec<RunnerUp>),
    /// It took longer than it may.
    #[error("it took too long")]
    TookTooLong,
    /// The browser died; what was asked may be asked again.
    #[error("the browser was lost")]
    BrowserLost,
    /// The text of the page alone has no image that is good enough, and the browser does not start.
    #[error("{0}")]
    Browser(BrowserError),
}

/// Finds the image that a page is about: fetches the page, then the images that it may be, the likeliest first, until
/// one is good enough. Where the page itself does not say which, it is looked at in a browser, if there is one: scripts
/// put images into pages, and what is shown largest is likely what a page is about. A page that can't be seen there is
/// judged by its text, and so is every page where the browser does not start, which is told.
///
/// # Errors
/// That there is none.
pub async fn lead_image(
    outbound: &Outbound,
    renderer: Option<&Renderer>,
    url: &str,
    options: Options,
) -> Result<LeadImage, Error> {
    let found = find(outbound, renderer, url, options);
    tokio::time::timeout(options.time, found).await.unwrap_or(Err(Error::TookTooLong))
}

async fn find(
    outbound: &Outbound,
    renderer: Option<&Renderer>,
    url: &str,
    options: Options,
) -> Result<LeadImage, Error> {
    let rendering = Instant::now() + options.time / 2;
    let page = outbound.get(url, PAGES, options.max_bytes).await.map_err(Error::Page)?;
    let (kind, page) = busy(move || (kind(&page), page)).await.ok_or(Error::NotAPage)?;
    match kind {
        Kind::Picture => {
            let itself = Candidate { url: page.url.clone(), rule: Rule::Page, score: 1.0, width: None, height: None };
            match judged(&page, options).await {
                Ok(picture) => Ok(taken(page.url.clone(), &itself, page, picture, Vec::new())),
                Err(reason) => Err(Error::NoImage(vec![runner_up(itself, reason)])),
            }
        }
        Kind::Html(charset) => {
            let (url, bytes) = (page.url.clone(), page.bytes);
            let found = busy(move || candidates(&bytes, &url, charset.as_deref())).await.unwrap_or_default();
            let by_text = first(outbound, page.url.clone(), found, options).await;
            match (renderer, &by_text) {
                (None, _) => by_text,
                (_, Ok(found)) if found.score > SAID => by_text,
                (Some(renderer), _) => {
                    let by = rendering.min(Instant::now() + RENDERING);
                    match rendered(renderer, page.url.as_str(), by).await {
                        Ok(seen) => by_sight(outbound, page.url, by_text, seen, options).await,
                        Err(RenderError::BrowserLost) => Err(Error::BrowserLost),
                        Err(RenderError::Browser(error)) if !matches!(error, BrowserError::Refused { .. }) => {
                            unseen(by_text, error)
                        }
                        Err(_) => by_text,
                    }
                }
            }
        }
        Kind::Other => Err(Error::NotAPage),
    }
}

/// What the text alone gave, where the browser does not start.
fn unseen(by_text: Result<LeadImage, Error>, error: BrowserError) -> Result<LeadImage, Error> {
    match by_text {
        Ok(found) => Ok(LeadImage { unseen: Some(error), ..found }),
        Err(_) => Err(Error::Browser(error)),
    }
}

/// The first that is good enough of the images that a browser saw and that are likelier than what the text gave, or
/// else that.
async fn by_sight(
    outbound: &Outbound,
    page: Url,
    by_text: Result<LeadImage, Error>,
    seen: Vec<Candidate>,
    options: Options,
) -> Result<LeadImage, Error> {
    let (known, runners_up) = match by_text {
        Ok(mut known) => {
            let others = std::mem::take(&mut known.runners_up);
            (Some(known), others)
        }
        Err(Error::NoImage(runners_up)) => (None, runners_up),
        Err(error) => return Err(error),
    };
    let failed = |url: &Url| runners_up.iter().any(|one| one.url == *url && one.reason != Reason::NotTried);
    let likelier = |one: &Candidate| known.as_ref().is_none_or(|known| one.score > known.score);
    let hopeful = seen.into_iter().filter(|one| likelier(one) && !failed(&one.url)).collect();
    match (first(outbound, page, hopeful, options).await, known) {
        (Ok(found), known) => {
            let known =
                known.map(|LeadImage { url, rule, score, .. }| RunnerUp { url, rule, score, reason: Reason::NotTried });
            Ok(found.beside(runners_up.into_iter().chain(known)))
        }
        (Err(Error::NoImage(more)), Some(known)) => Ok(known.beside(runners_up.into_iter().chain(more))),
        (Err(Error::NoImage(more)), None) => Err(Error::NoImage(distinct(runners_up.into_iter().chain(more)))),
        (Err(error), _) => Err(error),
    }
}

impl LeadImage {
    /// The same with more that were not taken.
    fn beside(mut self, others: impl IntoIterator<Item = RunnerUp>) -> Self {
        let all = std::mem::take(&mut self.runners_up).into_iter().chain(others);
        self.runners_up = distinct(all.filter(|other| other.url != self.url));
        self
    }
}

/// Each once, the likeliest first.
fn distinct(all: impl IntoIterator<Item = RunnerUp>) -> Vec<RunnerUp> {
    let mut all: Vec<RunnerUp> = all.into_iter().collect();
    // One that was tried says more than the same that was not.
    all.sort_by(|one, other| {
        let by_score = other.score.total_cmp(&one.score);
        (one.reason == Reason::NotTried).cmp(&(other.reason == Reason::NotTried)).then(by_score)
    });
    let mut seen = HashSet::new();
    all.retain(|one| seen.insert(one.url.clone()));
    all.sort_by(|one, other| other.score.total_cmp(&one.score));
    all
}

/// The first candidate that is good enough.
async fn first(outbound: &Outbound, page: Url, found: Vec<Candidate>, options: Options) -> Result<LeadImage, Error> {
    let mut runners_up = Vec::new();
    let mut found = found.into_iter();
    for candidate in found.by_ref().take(options.max_candidates) {
        let fetched = outbound.get(candidate.url.as_str(), IMAGES, options.max_bytes).await;
        let image = match fetched {
            Ok(file) => judged(&file, options).await.map(|picture| (file, picture)),
            Err(fault) => Err(fault.into()),
        };
        match image {
            Ok((file, picture)) => {
                runners_up.extend(found.map(|left| runner_up(left, Reason::NotTried)));
                return Ok(taken(page, &candidate, file, picture, runners_up));
            }
            Err(reason) => runners_up.push(runner_up(candidate, reason)),
        }
    }
    runners_up.extend(found.map(|left| runner_up(left, Reason::NotTried)));
    Err(Error::NoImage(runners_up))
}

fn taken(page: Url, candidate: &Candidate, file: Fetched, picture: Picture, runners_up: Vec<RunnerUp>) -> LeadImage {
    let Picture { width, height, media_type } = picture;
    let Candidate { rule, score, .. } = *candidate;
    let (url, bytes, unseen) = (file.url, file.bytes, None);
    LeadImage { page, url, rule, score, bytes, media_type, width, height, runners_up, unseen }
}

fn runner_up(candidate: Candidate, reason: Reason) -> RunnerUp {
    RunnerUp { url: candidate.url, rule: candidate.rule, score: candidate.score, reason }
}

async fn judged(file: &Fetched, options: Options) -> Result<Picture, Reason> {
    let bytes = file.bytes.clone();
    busy(move || judge(&bytes, &options)).await.unwrap_or(Err(Reason::NotAPicture))
}

/// Does what takes CPU time, away from the threads that wait. None if it panicked.
async fn busy<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

/// What was fetched.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    /// With what the server says of its encoding.
    Html(Option<String>),
    Picture,
    Other,
}

/// What was fetched, by what the server says of it; without a word, or where that is plainly wrong, by its content.
fn kind(page: &Fetched) -> Kind {
    let told = page.content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
    let (media_type, parameters) = told.split_once(';').unwrap_or((&told, ""));
    match media_type.trim() {
        media_type if media_type.starts_with("image/") => Kind::Picture,
        // Some servers call everything HTML.
        "text/html" | "application/xhtml+xml" if looks_like_html(&page.bytes) || !is_picture(&page.bytes) => {
            Kind::Html(charset(parameters))
        }
        _ if is_picture(&page.bytes) => Kind::Picture,
        "" | "text/plain" | "text/xml" | "application/xml" | "application/octet-stream" => {
            if looks_like_html(&page.bytes) { Kind::Html(charset(parameters)) } else { Kind::Other }
        }
        _ => Kind::Other,
    }
}

fn charset(parameters: &str) -> Option<String> {
    let parameters = parameters.split(';').filter_map(|parameter| parameter.split_once('='));
    let mut charsets = parameters.filter(|(name, _)| name.trim() == "charset");
    charsets.next().map(|(_, value)| value.trim().trim_matches('"').to_owned())
}

/// Whether a tag is among the first bytes.
fn looks_like_html(bytes: &[u8]) -> bool {
    let begin = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    ["<!doctype html", "<html", "<head", "<body", "<meta", "<title"].iter().any(|tag| begin.contains(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fetched(content_type: Option<&str>, bytes: &'static [u8]) -> Fetched {
        let url = Url::parse("https://a.test/").expect("a URL");
        Fetched { url, content_type: content_type.map(str::to_owned), bytes: Bytes::from_static(bytes) }
    }

    #[test]
    fn the_server_says_what_a_file_is_and_else_its_content() {
        let html = b"<!DOCTYPE html><p>".as_slice();
        let kind = |told, bytes| super::kind(&fetched(told, bytes));
        assert_eq!(kind(Some("Text/HTML; Charset=\"Latin1\""), b""), Kind::Html(Some("latin1".to_owned())));
        assert_eq!(kind(None, html), Kind::Html(None));
        assert_eq!(kind(Some("text/plain"), html), Kind::Html(None));
        assert_eq!(kind(Some("text/plain"), b"words"), Kind::Other);
        assert_eq!(kind(Some("application/pdf"), html), Kind::Other);
        assert_eq!(kind(Some("image/avif"), b"?"), Kind::Picture);
        assert_eq!(kind(Some("text/html"), b"words"), Kind::Html(None));
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"></svg>";
        assert_eq!(kind(Some("application/octet-stream"), svg), Kind::Picture);
        assert_eq!(kind(Some("text/html"), svg), Kind::Picture, "it only says so");
    }
}
