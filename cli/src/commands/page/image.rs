//! `labelmesh page image`.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use labelmesh_outbound::{Fault, Network};
use labelmesh_pages::{Error, LeadImage, RunnerUp, lead_image};
use serde_json::{Value, json};

use super::{browser, outbound};
use crate::{
    exit::{Exit, Failure},
    output::Output,
    part::Part,
};

/// How many runners-up people are told of.
const TOLD: usize = 5;

/// Find the image that a web page is about.
///
/// The page says so itself in its head, or it is guessed from the images in its body. The likeliest are fetched until
/// one is good enough: it decodes, is large enough, at most three times as long as wide, and not of one color. With
/// --render a page that does not say so itself is looked at in Chromium; else images that scripts put into a page are
/// not found. Public addresses alone are called, and no proxy.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh page image https://en.wikipedia.org/wiki/Kingfisher
  labelmesh page image https://news.example/today/1 -o lead.jpg
  labelmesh page image https://app.example/story --render
  labelmesh page image https://wiki.corp.example/page --allow 10.0.0.0/8
  labelmesh page image https://news.example/today/1 --json | jq .runnersUp

With --json: one object with page, url, rule (og:image, json-ld image, img, ...), score, mediaType, width, height,
bytes, file, and runnersUp, each with url, rule, score and reason, which is why it was not taken.")]
pub(crate) struct Options {
    /// The page: an address of http or https. That of a picture gives the picture.
    url: String,
    /// Where to write the picture, as it was fetched; '-' is standard output. If left out, it is told of alone.
    #[arg(long, short = 'o', value_name = "FILE")]
    output: Option<PathBuf>,
    /// The least that the picture has on its shorter side, in pixels.
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=65_535))]
    min_side: u32,
    /// How many pictures are fetched at most.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=100))]
    max_candidates: u8,
    /// How long all of it may take, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 45, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// A network that may be called though it is not public, such as 10.0.0.0/8; may be given several times.
    #[arg(long, value_name = "NETWORK")]
    allow: Vec<Network>,
    /// Look at the page in Chromium where it does not name its image itself.
    #[arg(long)]
    render: bool,
    #[command(flatten)]
    browser: browser::Chromium,
}

pub(super) async fn run(options: &Options, output: Output) -> Result<(), Failure> {
    let to_standard_output = options.output.as_deref() == Some(Path::new("-"));
    if to_standard_output && output.json {
        return Err(Failure::new(Exit::Usage, "--output - and --json can't both have standard output"));
    }
    let (network, outbound) = outbound(&options.allow)?;
    let renderer = options.render.then(|| options.browser.renderer(network, outbound.clone())).transpose()?;
    let wanted = labelmesh_pages::Options {
        min_side: options.min_side,
        max_candidates: options.max_candidates.into(),
        time: Duration::from_secs(options.timeout),
        ..labelmesh_pages::Options::default()
    };
    let found = lead_image(&outbound, renderer.as_ref(), &options.url, wanted).await;
    let found = found.map_err(|error| failure(&options.url, error))?;
    if let Some(error) = &found.unseen {
        output.note(&format!("The page was judged by its text alone: {error}."));
    }
    if to_standard_output {
        let mut to = io::stdout().lock();
        return Ok(to.write_all(&found.bytes).and_then(|()| to.flush())?);
    }
    if let Some(path) = &options.output {
        let mut part = Part::create(path, 0o666)?;
        part.writer().write_all(&found.bytes)?;
        part.finish()?;
    }
    output.result(&told(&found, options.output.as_deref()), || text(&found))
}

fn told(found: &LeadImage, file: Option<&Path>) -> Value {
    let LeadImage { page, url, rule, score, bytes, media_type, width, height, runners_up, .. } = found;
    let runners_up: Vec<Value> = runners_up.iter().map(runner_up).collect();
    json!({
        "page": page.as_str(), "url": url.as_str(), "rule": rule.name(), "score": score, "mediaType": media_type,
        "width": width, "height": height, "bytes": bytes.len(), "file": file, "runnersUp": runners_up,
    })
}

fn runner_up(RunnerUp { url, rule, score, reason }: &RunnerUp) -> Value {
    json!({"url": url.as_str(), "rule": rule.name(), "score": score, "reason": reason.name()})
}

/// The same for people, who need not hear of each image that was not tried.
fn text(found: &LeadImage) -> String {
    let LeadImage { url, rule, score, bytes, media_type, width, height, runners_up, .. } = found;
    let facts = format!("{width} x {height} pixels, {media_type}, {} bytes, by {rule} ({score:.2})", bytes.len());
    let others = lines(runners_up);
    let lines = [url.to_string(), facts].into_iter().chain(others.into_iter().map(|line| format!("  not {line}")));
    lines.collect::<Vec<_>>().join("\n")
}

fn lines(runners_up: &[RunnerUp]) -> Vec<String> {
    let lines = runners_up.iter().take(TOLD);
    lines.map(|RunnerUp { url, rule, score, reason }| format!("{url}: {reason}, by {rule} ({score:.2})")).collect()
}

fn failure(url: &str, error: Error) -> Failure {
    let exit = match &error {
        Error::Browser(error) => return browser::unusable(error),
        Error::Page(Fault::Status(status)) if matches!(status.as_u16(), 404 | 410) => Exit::NotFound,
        Error::Page(Fault::Status(status)) if status.is_server_error() || status.as_u16() == 429 => Exit::Unavailable,
        Error::Page(Fault::NameUnknown | Fault::NoConnection | Fault::TooSlow | Fault::BrokenOff)
        | Error::TookTooLong
        | Error::BrowserLost => Exit::Unavailable,
        Error::Page(_) | Error::NotAPage | Error::NoImage(_) => Exit::Refused,
    };
    let failure = Failure::new(exit, format!("{url}: {error}"));
    match error {
        Error::Page(Fault::AddressRefused) => failure.remedy("--allow with its network, if that is yours"),
        Error::NoImage(runners_up) => Failure { details: lines(&runners_up), ..failure },
        _ => failure,
    }
}
