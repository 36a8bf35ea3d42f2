#![doc = include_str!("../README.md")]

mod candidates;
mod charset;
mod images;
mod json_ld;
mod judge;
mod lead;
mod metadata;
mod names;
mod place;
mod rule;
mod scan;
mod srcset;
mod tokens;

pub use self::{
    candidates::{Candidate, MAX_CANDIDATES, MAX_HTML_BYTES, candidates},
    lead::{Error, LeadImage, Options, Reason, RunnerUp, lead_image},
    rule::Rule,
};
