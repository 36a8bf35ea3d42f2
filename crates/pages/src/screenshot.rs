//! A picture of a page as a browser shows it.

use std::time::Duration;

use bytes::Bytes;
use labelmesh_browser::{Clip, Error as BrowserError};
use tokio::time::Instant;
use url::Url;

use crate::{
    banners::HIDDEN,
    renderer::{AFTERWARDS, RenderError, Renderer, View, Visit},
};

/// A page is ready when it has asked for nothing for that long.
pub(crate) const QUIET: Duration = Duration::from_millis(500);
/// How long is waited for what scrolling brought, where the time is over.
const AT_LEAST: Duration = Duration::from_secs(2);
/// The highest picture: the longest side of what Chromium draws at once.
const MAX_HEIGHT: u32 = 16_384;
/// The most pixels of a picture: what `labelmesh_pixels` takes.
const MAX_PIXELS: f64 = 50e6;

/// How a picture of a page is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScreenshotOptions {
    /// How wide the window is, in the page's pixels; from 1 to 4,096.
    pub width: u32,
    /// How high the window is, in the page's pixels; from 1 to 4,096. Pages have parts that are as high as the window.
    pub height: u32,
    /// How many pixels of the picture one of the page is wide; from 0.1 to 4.
    pub scale: f64,
    /// All of the page, or what the window shows.
    pub full_page: bool,
    /// The most height of the picture, in its own pixels; at most 16,384.
    pub max_height: u32,
    /// Hides what asks for consent, as far as it is known here.
    pub hide_banners: bool,
    /// How long the page is waited for. It is taken as it is then, which takes 20 s at most.
    pub time: Duration,
}

impl Default for ScreenshotOptions {
    /// All of the page at 1280 x 960 pixels, scale 1, at most 16,384 pixels high; 20 s.
    fn default() -> Self {
        Self {
            width: 1280,
            height: 960,
            scale: 1.0,
            full_page: true,
            max_height: MAX_HEIGHT,
            hide_banners: false,
            time: Duration::from_secs(20),
        }
    }
}

/// A picture of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Screenshot {
    /// The page behind all redirects, also those by scripts.
    pub url: Url,
    /// The status that the page came with.
    pub status: Option<u16>,
    /// A PNG.
    pub bytes: Bytes,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Whether it was taken before all was there, since the time was over.
    pub timed_out: bool,
    /// Whether something is missing, since the page wanted more bytes, requests or hosts than it may have.
    pub limited: bool,
    /// Whether the page goes on below.
    pub cut: bool,
}

/// Makes a picture of a page: of all of it, with the images that are loaded when they are scrolled to. It is taken when
/// the page is loaded and has asked for nothing for half a second, or when the time is over. Options that are out of
/// their range are taken as the nearest that are not.
///
/// # Errors
/// That there is no page to be seen.
pub async fn screenshot(renderer: &Renderer, url: &str, options: ScreenshotOptions) -> Result<Screenshot, RenderError> {
    let (shot, ()) = screenshot_with_room(renderer, url, options, |_| std::future::ready(())).await?;
    Ok(shot)
}

/// The same for whoever has so much memory and no more: as soon as the picture's width and height are known, in its
/// pixels, it waits for `room`, and returns it beside the picture. The page stays open meanwhile.
///
/// # Errors
/// As [`screenshot`].
pub async fn screenshot_with_room<R, F: Future<Output = R>>(
    renderer: &Renderer,
    url: &str,
    options: ScreenshotOptions,
    room: impl FnOnce((u32, u32)) -> F,
) -> Result<(Screenshot, R), RenderError> {
    let options = options.within();
    let by = Instant::now() + options.time;
    let visit = renderer.visit(url, options.view(), by).await?;
    let timed_out = !settle(&visit, options, by).await?;
    let document = visit.document()?;
    let url = Url::parse(&document.url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    let url = url.ok_or(RenderError::NotAPage)?;
    let by = Instant::now() + AFTERWARDS;
    if timed_out {
        // A script that runs for ever would keep it from being pictured.
        visit.page.stop(by).await?;
    }
    let (clip, cut) = options.clip(if options.full_page { visit.page.size(by).await?.1 } else { 0.0 });
    let room = room(options.pixels(clip)).await;
    let bytes = visit.page.picture(clip, Instant::now() + AFTERWARDS).await?;
    let (width, height) = size(&bytes).ok_or(RenderError::BrowserLost)?;
    let (limited, status) = (visit.is_limited(), document.status);
    // Its context ends beside us.
    Ok((Screenshot { url, status, bytes: bytes.into(), width, height, timed_out, limited, cut }, room))
}

/// Waits for all of the page; false if that takes too long.
async fn settle(visit: &Visit, options: ScreenshotOptions, by: Instant) -> Result<bool, RenderError> {
    let is_settled = visit.page.settle(QUIET, by).await?;
    if !options.full_page {
        return Ok(is_settled);
    }
    let by = by.max(Instant::now() + AT_LEAST);
    match visit.page.evaluate(&scroll(options.max_css_height()), by).await {
        Ok(_) => Ok(visit.page.settle(QUIET, by).await? && is_settled),
        Err(BrowserError::TookTooLong) => Ok(false),
        // The page went elsewhere meanwhile.
        Err(BrowserError::Refused { .. }) => Ok(visit.page.settle(QUIET, by).await? && is_settled),
        Err(error) => Err(error.into()),
    }
}

/// Shows all of a page to itself, window by window, down to that height: images are loaded and parts made when they are
/// seen. The window keeps its size, since some parts are as high as that.
fn scroll(most: f64) -> String {
    format!(
        "(async () => {{
            const drawn = () => new Promise(done => {{
                requestAnimationFrame(() => setTimeout(done, 20));
                setTimeout(done, 200);
            }});
            const to = top => scrollTo({{top, behavior: 'instant'}});
            const root = document.scrollingElement ?? document.documentElement;
            for (let top = 0; top < Math.min(root.scrollHeight, {most}); top += innerHeight) {{
                to(top);
                await drawn();
            }}
            to(0);
            await drawn();
        }})()"
    )
}

impl ScreenshotOptions {
    fn within(self) -> Self {
        Self {
            width: self.width.clamp(1, 4096),
            height: self.height.clamp(1, 4096),
            scale: if self.scale.is_nan() { 1.0 } else { self.scale.clamp(0.1, 4.0) },
            max_height: self.max_height.clamp(1, MAX_HEIGHT),
            ..self
        }
    }

    fn view(&self) -> View {
        let styles = if self.hide_banners { vec![HIDDEN] } else { Vec::new() };
        View { width: self.width, height: self.height, scale: self.scale, styles }
    }

    /// The most height of a part of a page, in its own pixels.
    fn max_css_height(&self) -> f64 {
        let by_pixels = MAX_PIXELS / (f64::from(self.width) * self.scale * self.scale);
        (f64::from(self.max_height) / self.scale).min(by_pixels).floor().max(1.0)
    }

    /// The size of a picture of such a part, in its pixels.
    fn pixels(&self, clip: Clip) -> (u32, u32) {
        let pixels = |length: f64| (length * self.scale).ceil() as u32;
        (pixels(clip.width), pixels(clip.height))
    }

    /// The part of a page that is pictured, and whether it goes on below.
    fn clip(&self, page: f64) -> (Clip, bool) {
        let wanted = if self.full_page { page.ceil().max(1.0) } else { f64::from(self.height) };
        let most = self.max_css_height();
        (Clip { width: f64::from(self.width), height: wanted.min(most) }, self.full_page && wanted > most)
    }
}

/// Width and height of a PNG, which begins with them.
fn size(png: &[u8]) -> Option<(u32, u32)> {
    let side = |at: usize| Some(u32::from_be_bytes(png.get(at..at + 4)?.try_into().ok()?));
    Some((side(16)?, side(20)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_no_higher_and_no_larger_than_it_may_be() {
        let options = ScreenshotOptions::default();
        assert_eq!(options.clip(2000.4), (Clip { width: 1280.0, height: 2001.0 }, false));
        assert_eq!(options.clip(100_000.0), (Clip { width: 1280.0, height: 16_384.0 }, true));
        let twice = ScreenshotOptions { scale: 2.0, ..options };
        assert_eq!(twice.clip(100_000.0), (Clip { width: 1280.0, height: 8192.0 }, true));
        assert_eq!(twice.pixels(twice.clip(100.2).0), (2560, 202));
        let large = ScreenshotOptions { width: 4096, scale: 4.0, ..options };
        assert_eq!(large.clip(100_000.0).0.height, 762.0, "50 megapixels");
        let window = ScreenshotOptions { full_page: false, ..options };
        assert_eq!(window.clip(0.0), (Clip { width: 1280.0, height: 960.0 }, false));
    }

    #[test]
    fn options_out_of_range_are_taken_as_the_nearest() {
        let odd = ScreenshotOptions { width: 0, scale: f64::NAN, max_height: u32::MAX, ..ScreenshotOptions::default() };
        let options = odd.within();
        assert_eq!((options.width, options.scale, options.max_height), (1, 1.0, 16_384));
    }
}
