//! Pages, as workers look at them: through a guard, and with a browser where there is one.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use bytes::Bytes;
use labelmesh_browser::Browser;
use labelmesh_outbound::{Config as Network, Limits as Bounds, Outbound, SystemLookup};
use labelmesh_pages::{self as pages, Options, RenderError, Renderer, ScreenshotOptions};
use labelmesh_pixels::{Encoding, Limits, png_memory_bytes};
use tokio::sync::Semaphore;

use super::processor::{Processor, Room};
use crate::{
    config::Pages as Config,
    domain::{Candidate, Failure, LeadImage, PageView, Screenshot, Spec, shortened},
};

/// Who asks, as servers are told.
const AGENT: &str = concat!("labelmesh/", env!("CARGO_PKG_VERSION"));
/// The bytes of a pixel in a screenshot that nothing was saved of.
const PIXEL_BYTES: u64 = 4;
/// From this status on an answer is one of failure.
const FIRST_FAULT: u16 = 400;
/// How many images are told of that were not taken.
const MOST_RUNNERS_UP: usize = 20;

/// What pages are looked at with. Clones share everything.
#[derive(Clone)]
pub(super) struct Pages {
    outbound: Outbound,
    browser: Option<Browser>,
    renderer: Option<Renderer>,
    /// One permit for each page that is looked at.
    turns: Arc<Semaphore>,
    at_once: u32,
    /// Has the memory for screenshots, which are there before pictures are made of them.
    processor: Processor,
}

/// Beside which others a page is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Company {
    /// As many as may be.
    Others,
    /// None: a browser that dies then has died of this page.
    Alone,
}

/// What was seen of a page.
#[derive(Debug)]
pub(super) struct Seen {
    /// A file with a picture.
    pub(super) bytes: Bytes,
    pub(super) view: PageView,
    /// The bounds of the picture.
    pub(super) limits: Limits,
    /// The memory for the file and for what is made of it, where it can be as large as a screenshot.
    pub(super) room: Option<Room>,
}

/// Why nothing was seen of a page.
#[derive(Debug)]
pub(super) enum Unseen {
    /// There is nothing to be seen.
    Failed(Failure),
    /// The process in which the page ran died: of this page, most likely.
    Crashed,
    /// The browser died or hung: of this page, or of one beside it.
    BrowserLost,
    /// The browser does not start. The page has nothing to do with it.
    NoBrowser(RenderError),
}

impl Pages {
    /// Looks at pages with this browser, or at their HTML alone.
    ///
    /// # Errors
    /// If TLS can't be set up.
    pub(super) fn new(config: &Config, browser: Option<Browser>, processor: Processor) -> Result<Self> {
        let (network, lookup) = (Network { allow: config.allow.clone(), ..Network::default() }, Arc::new(SystemLookup));
        let outbound = Outbound::new(&network, AGENT, lookup.clone()).map_err(anyhow::Error::from_boxed)?;
        let Config { max_bytes: bytes, max_requests: requests, max_hosts: hosts, .. } = *config;
        let bounds = Bounds { bytes, requests, hosts, ..Bounds::default() };
        let renderer = browser.clone().map(|browser| {
            Renderer::new(browser, outbound.clone(), network.clone(), lookup.clone()).with_limits(bounds)
        });
        let at_once = u32::try_from(config.at_once).unwrap_or(u32::MAX).max(1);
        let turns = Arc::new(Semaphore::new(at_once as usize));
        Ok(Self { outbound, browser, renderer, turns, at_once, processor })
    }

    /// Looks at the page of a job for so long, when it is its turn.
    ///
    /// # Errors
    /// That there is nothing to be seen, or nothing to see it with.
    pub(super) async fn look(
        &self,
        spec: &Spec,
        time: Duration,
        limits: Limits,
        company: Company,
    ) -> Result<Seen, Unseen> {
        let turns = if company == Company::Alone { self.at_once } else { 1 };
        let _turns = self.turns.acquire_many(turns).await;
        match spec {
            Spec::Screenshot(wanted) => self.shown(wanted, time, limits).await,
            Spec::LeadImage(wanted) => self.found(wanted, time, limits).await,
            Spec::Resize(_) | Spec::Crop(_) | Spec::Optimize(_) | Spec::Portrait(_) => {
                Err(Unseen::Failed(Failure::source_gone()))
            }
        }
    }

    async fn shown(&self, wanted: &Screenshot, time: Duration, limits: Limits) -> Result<Seen, Unseen> {
        let missing = || Unseen::NoBrowser(RenderError::Browser(labelmesh_browser::Error::Missing));
        let renderer = self.renderer.as_ref().ok_or_else(missing)?;
        let (processor, encoding) = (self.processor.clone(), wanted.output.encoding(Encoding::Png));
        let room = move |size| async move { processor.room(screenshot_bytes(size, encoding)).await };
        let options = options(wanted, time, limits);
        let shot = pages::screenshot_with_room(renderer, wanted.url.as_str(), options, room).await;
        let (shot, room) = shot.map_err(|error| unseen(error, time))?;
        if let Some(status) = shot.status.filter(|status| *status >= FIRST_FAULT) {
            return Err(Unseen::Failed(Failure::page_of_status(status)));
        }
        let view = PageView {
            url: shortened(shot.url),
            // What it was not let have, it had no time for either.
            timed_out: shot.timed_out || shot.limited,
            cut: shot.cut,
            lead_image: None,
            runners_up: Vec::new(),
        };
        // It is ours, and has as many pixels as we wanted.
        let limits = Limits { max_bytes: limits.max_pixels.saturating_mul(PIXEL_BYTES), ..limits };
        Ok(Seen { bytes: shot.bytes, view, limits, room: Some(room) })
    }

    async fn found(&self, wanted: &LeadImage, time: Duration, limits: Limits) -> Result<Seen, Unseen> {
        let options = Options {
            min_side: wanted.min_side,
            max_candidates: wanted.max_candidates as usize,
            max_bytes: usize::try_from(limits.max_bytes).unwrap_or(usize::MAX),
            time,
        };
        let renderer = self.renderer.as_ref().filter(|_| !wanted.html_only);
        let found = pages::lead_image(&self.outbound, renderer, wanted.url.as_str(), options).await;
        let found = found.map_err(|error| match error {
            pages::Error::BrowserLost => Unseen::BrowserLost,
            pages::Error::Browser(error) => Unseen::NoBrowser(RenderError::Browser(error)),
            error => Unseen::Failed(Failure::without_lead_image(&error, time.as_secs())),
        })?;
        if let Some(error) = &found.unseen {
            let error = error as &dyn std::error::Error;
            tracing::warn!(error, "a lead image was found by HTML alone: the browser does not start");
        }
        let (rule, score) = (found.rule.name().to_owned(), found.score);
        let view = PageView {
            url: shortened(found.page),
            timed_out: false,
            cut: false,
            lead_image: Some(Candidate { url: shortened(found.url), rule, score, rejected: None }),
            runners_up: found.runners_up.into_iter().take(MOST_RUNNERS_UP).map(runner_up).collect(),
        };
        Ok(Seen { bytes: found.bytes, view, limits, room: None })
    }

    /// Tells how much memory the browser has, and how often one was started.
    pub(super) async fn measure(&self) -> labelmesh_errors::Result<()> {
        let Some(browser) = &self.browser else { return Ok(()) };
        metrics::gauge!("browser_memory_bytes").set(browser.memory_bytes().await.unwrap_or_default() as f64);
        metrics::counter!("browser_starts_total").absolute(browser.starts());
        Ok(())
    }
}

/// The most memory of a screenshot of this size and of what is made of it. What it takes on its way from the browser is
/// no more than making pictures takes later.
fn screenshot_bytes(size: (u32, u32), encoding: Encoding) -> u64 {
    u64::from(size.0) * u64::from(size.1) * PIXEL_BYTES + png_memory_bytes(size, encoding)
}

/// How a page is to be shown: no higher than the picture may be that is made of it.
fn options(wanted: &Screenshot, time: Duration, limits: Limits) -> ScreenshotOptions {
    let row = f64::from(wanted.width) * wanted.scale;
    ScreenshotOptions {
        width: wanted.width,
        height: wanted.width * 3 / 4,
        scale: wanted.scale,
        full_page: !wanted.window_only,
        max_height: wanted.max_height.min((limits.max_pixels as f64 / row) as u32),
        hide_banners: wanted.hide_banners,
        time,
    }
}

fn unseen(error: RenderError, time: Duration) -> Unseen {
    match error {
        RenderError::BrowserLost => Unseen::BrowserLost,
        RenderError::Browser(_) => Unseen::NoBrowser(error),
        RenderError::Crashed => Unseen::Crashed,
        error => Unseen::Failed(Failure::without_page(&error, time.as_secs())),
    }
}

fn runner_up(pages::RunnerUp { url, rule, score, reason }: pages::RunnerUp) -> Candidate {
    let (rule, rejected) = (rule.name().to_owned(), Some(reason.name().to_owned()));
    Candidate { url: shortened(url), rule, score, rejected }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Format, Output, PageUrl};

    #[test]
    fn a_page_is_shown_no_higher_than_its_picture_may_be() {
        let output = Output::new(Format::Png, 0, false).expect("an output");
        let url = PageUrl::parse("https://example.com/").expect("a page");
        let (width, scale, max_height) = (1_000, 2.0, 16_000);
        let (window_only, hide_banners, anew) = (false, true, false);
        let wanted = Screenshot { url, width, scale, max_height, window_only, hide_banners, anew, output };
        let limits = |max_pixels| Limits { max_pixels, ..Limits::default() };
        let shown = options(&wanted, Duration::from_secs(7), limits(50_000_000));
        assert_eq!((shown.height, shown.full_page, shown.hide_banners, shown.max_height), (750, true, true, 16_000));
        assert_eq!(options(&wanted, Duration::from_secs(7), limits(1_000_000)).max_height, 500);
    }
}
