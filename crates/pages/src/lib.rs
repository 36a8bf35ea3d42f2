#![doc = include_str!("../README.md")]

mod banners;
mod candidates;
mod charset;
mod images;
mod json_ld;
mod judge;
mod lead;
mod metadata;
mod names;
mod place;
mod rendered;
mod renderer;
mod rule;
mod scan;
mod screenshot;
mod srcset;
mod tokens;

pub use self::{
    candidates::{Candidate, MAX_CANDIDATES, MAX_HTML_BYTES, candidates},
    lead::{Error, LeadImage, Options, Reason, RunnerUp, lead_image},
    renderer::{RenderError, Renderer},
    rule::Rule,
    screenshot::{Screenshot, ScreenshotOptions, screenshot, screenshot_with_room},
};
