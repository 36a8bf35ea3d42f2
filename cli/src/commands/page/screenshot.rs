//! `labelmesh page screenshot`.

use std::{
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use labelmesh_outbound::Network;
use labelmesh_pages::{Screenshot, ScreenshotOptions, screenshot};
use serde_json::json;

use super::{browser, outbound};
use crate::{
    exit::{Exit, Failure},
    output::Output,
    part::Part,
};

/// Take a picture of a web page, as Chromium shows it.
///
/// All of the page is taken, with the images that are loaded when one scrolls to them. The page is waited for until it
/// has asked for nothing for half a second; when the time is over it is taken as it is. Public addresses alone are
/// called, by the page, too. Chromium has to be installed, and does not run as root.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh page screenshot https://en.wikipedia.org/wiki/Kingfisher
  labelmesh page screenshot https://news.example/today/1 -o news.png --width 400 --scale 2 --hide-banners
  labelmesh page screenshot https://news.example/today/1 --viewport-only -o - | imgcat

With --json: one object with url (behind all redirects), status, width, height, bytes, file, timedOut (the time was
over), limited (it wanted more than 50 MiB, 300 requests or 60 hosts) and cut (it goes on below).")]
pub(crate) struct Options {
    /// The page: an address of http or https.
    url: String,
    /// Where to write the picture, a PNG; '-' is standard output. If left out, it is the page's host with .png.
    #[arg(long, short = 'o', value_name = "FILE")]
    output: Option<PathBuf>,
    /// How wide the window is, in the page's pixels. It is three quarters as high.
    #[arg(long, value_name = "N", default_value_t = 1280, value_parser = clap::value_parser!(u32).range(1..=4096))]
    width: u32,
    /// How many pixels of the picture one of the page is wide, from 0.1 to 4.
    #[arg(long, value_name = "X", default_value_t = 1.0, value_parser = scale)]
    scale: f64,
    /// The most height of the picture in pixels, at which the page is cut off.
    #[arg(long, value_name = "N", default_value_t = 16_384, value_parser = clap::value_parser!(u32).range(1..=16_384))]
    max_height: u32,
    /// Take what the window shows, and not all of the page.
    #[arg(long)]
    viewport_only: bool,
    /// Hide banners that ask for consent, as far as they are known.
    #[arg(long)]
    hide_banners: bool,
    /// How long the page is waited for, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
    /// A network that may be called though it is not public, such as 10.0.0.0/8; may be given several times.
    #[arg(long, value_name = "NETWORK")]
    allow: Vec<Network>,
    #[command(flatten)]
    browser: browser::Chromium,
}

fn scale(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (0.1..=4.0).contains(number));
    number.ok_or_else(|| "a number from 0.1 to 4 is wanted".to_owned())
}

pub(super) async fn run(options: &Options, output: Output) -> Result<(), Failure> {
    let to_standard_output = options.output.as_deref() == Some(Path::new("-"));
    if to_standard_output && output.json {
        return Err(Failure::new(Exit::Usage, "--output - and --json can't both have standard output"));
    }
    let (network, outbound) = outbound(&options.allow)?;
    let renderer = options.browser.renderer(network, outbound)?;
    let wanted = ScreenshotOptions {
        width: options.width,
        height: (options.width * 3 / 4).max(1),
        scale: options.scale,
        full_page: !options.viewport_only,
        max_height: options.max_height,
        hide_banners: options.hide_banners,
        time: Duration::from_secs(options.timeout),
    };
    let taken = screenshot(&renderer, &options.url, wanted).await;
    let taken = taken.map_err(|error| browser::failure(&options.url, &error))?;
    if to_standard_output {
        let mut to = io::stdout().lock();
        return Ok(to.write_all(&taken.bytes).and_then(|()| to.flush())?);
    }
    let host = || PathBuf::from(format!("{}.png", taken.url.host_str().unwrap_or("page").trim_matches(['[', ']'])));
    let file = options.output.clone().unwrap_or_else(host);
    let mut part = Part::create(&file, 0o666)?;
    part.writer().write_all(&taken.bytes)?;
    part.finish()?;
    let Screenshot { url, status, bytes, width, height, timed_out, limited, cut } = &taken;
    let told = json!({
        "url": url.as_str(), "status": status, "width": width, "height": height, "bytes": bytes.len(), "file": file,
        "timedOut": timed_out, "limited": limited, "cut": cut,
    });
    output.result(&told, || text(&taken, &file))
}

fn text(taken: &Screenshot, file: &Path) -> String {
    let Screenshot { url, status, bytes, width, height, .. } = taken;
    let mut lines = vec![format!("{}: {width} x {height} pixels, {} bytes, of {url}", file.display(), bytes.len())];
    let mut note = |holds: bool, what: &str| lines.extend(holds.then(|| format!("  {what}")));
    note(taken.timed_out, "taken before all was there: the time was over");
    note(taken.limited, "something is missing: the page wants more than it may have");
    note(taken.cut, "the page goes on below");
    if let Some(status) = status.filter(|status| !(200..300).contains(status)) {
        lines.push(format!("  the page came with the status {status}"));
    }
    lines.join("\n")
}
