//! What is made of pages: a screenshot, and the image that a page is about.

use std::ops::RangeInclusive;

use labelmesh_errors::{Error, Result};
use serde::{Deserialize, Serialize};

use super::{Format, LONGEST, Output};
use crate::domain::PageUrl;

/// How wide a page's window is where nobody says it, and may be, in pixels of the page.
const WINDOW: u32 = 1_280;
const WINDOWS: RangeInclusive<u32> = 320..=3_840;
/// How many pixels of the picture there may be to one of the page.
const SCALES: RangeInclusive<f64> = 1.0..=3.0;
/// The shorter side that a lead image has at least where nobody says it, and that may be asked for.
const MIN_SIDE: u32 = 200;
const LONGEST_MIN_SIDE: u32 = 4_096;
/// How many images of a page are judged where nobody says it, and at most.
const CANDIDATES: u32 = 5;
const MOST_CANDIDATES: u32 = 20;

/// A page as it is seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Screenshot {
    pub(crate) url: PageUrl,
    /// Of the window, in pixels of the page.
    pub(crate) width: u32,
    pub(crate) scale: f64,
    /// Of the picture, in its pixels.
    pub(crate) max_height: u32,
    pub(crate) window_only: bool,
    pub(crate) hide_banners: bool,
    /// Whether it is made though it was made on the same day.
    pub(crate) anew: bool,
    pub(crate) output: Output,
}

/// The image that a page is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LeadImage {
    pub(crate) url: PageUrl,
    /// In pixels.
    pub(crate) min_side: u32,
    pub(crate) max_candidates: u32,
    pub(crate) html_only: bool,
    /// Whether it is looked for though it was on the same day.
    pub(crate) anew: bool,
    pub(crate) output: Output,
}

impl Screenshot {
    /// The same where what is zero is the usual.
    ///
    /// # Errors
    /// FIELD_INVALID.
    pub(crate) fn checked(mut self) -> Result<Self> {
        for (field, usual) in [(&mut self.width, WINDOW), (&mut self.max_height, LONGEST)] {
            if *field == 0 {
                *field = usual;
            }
        }
        if self.scale == 0.0 {
            self.scale = 1.0;
        }
        if !WINDOWS.contains(&self.width) {
            let rule = format!("must be from {} to {}", WINDOWS.start(), WINDOWS.end());
            return Err(Error::invalid("screenshot.width", rule));
        }
        if !SCALES.contains(&self.scale) {
            let rule = format!("must be from {} to {}", SCALES.start(), SCALES.end());
            return Err(Error::invalid("screenshot.scale", rule));
        }
        if self.max_height > LONGEST {
            return Err(Error::invalid("screenshot.max_height", format!("must be at most {LONGEST}")));
        }
        if self.output.all_frames {
            return Err(Error::invalid("screenshot.output.all_frames", "is not for screenshots, which do not move"));
        }
        if self.output.format == Format::Same {
            self.output.format = Format::Png;
        }
        Ok(self)
    }
}

impl LeadImage {
    /// The same where what is zero is the usual.
    ///
    /// # Errors
    /// FIELD_INVALID.
    pub(crate) fn checked(mut self) -> Result<Self> {
        for (name, field, usual, most) in [
            ("lead_image.min_side", &mut self.min_side, MIN_SIDE, LONGEST_MIN_SIDE),
            ("lead_image.max_candidates", &mut self.max_candidates, CANDIDATES, MOST_CANDIDATES),
        ] {
            match *field {
                0 => *field = usual,
                given if given > most => return Err(Error::invalid(name, format!("must be at most {most}"))),
                _ => {}
            }
        }
        self.url = self.url.without_fragment();
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use labelmesh_errors::Reason;

    use super::*;

    fn output() -> Output {
        Output::new(Format::Same, 0, false).expect("an output")
    }

    fn page() -> PageUrl {
        PageUrl::parse("https://example.com/").expect("a page")
    }

    fn taken(width: u32, scale: f64, max_height: u32, output: Output) -> Result<Screenshot> {
        let url = page();
        let (window_only, hide_banners, anew) = (false, false, false);
        Screenshot { url, width, scale, max_height, window_only, hide_banners, anew, output }.checked()
    }

    fn lead_image(min_side: u32, max_candidates: u32) -> Result<LeadImage> {
        let (html_only, anew) = (false, false);
        LeadImage { url: page(), min_side, max_candidates, html_only, anew, output: output() }.checked()
    }

    #[test]
    fn what_is_not_said_of_a_page_is_the_usual() {
        let usual = taken(0, 0.0, 0, output()).expect("a screenshot");
        assert_eq!((usual.width, usual.scale, usual.max_height), (1280, 1.0, 16_384));
        assert_eq!(usual.output.format, Format::Png);
        let found = lead_image(0, 0).expect("a lead image");
        assert_eq!((found.min_side, found.max_candidates, found.output.format), (200, 5, Format::Same));
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_the_name_of_its_field() {
        let frames = Output::new(Format::Webp, 0, true).expect("an output");
        let refused = [
            (taken(319, 0.0, 0, output()).map(|_| ()), "screenshot.width"),
            (taken(3_841, 0.0, 0, output()).map(|_| ()), "screenshot.width"),
            (taken(0, f64::NAN, 0, output()).map(|_| ()), "screenshot.scale"),
            (taken(0, 0.9, 0, output()).map(|_| ()), "screenshot.scale"),
            (taken(0, 3.1, 0, output()).map(|_| ()), "screenshot.scale"),
            (taken(0, 0.0, 16_385, output()).map(|_| ()), "screenshot.max_height"),
            (taken(0, 0.0, 0, frames).map(|_| ()), "screenshot.output.all_frames"),
            (lead_image(4_097, 0).map(|_| ()), "lead_image.min_side"),
            (lead_image(0, 21).map(|_| ()), "lead_image.max_candidates"),
        ];
        for (outcome, field) in refused {
            let error = outcome.expect_err(field);
            assert_eq!(error.reason(), Reason::FieldInvalid);
            assert!(error.message().starts_with(field), "{error}");
        }
    }
}
