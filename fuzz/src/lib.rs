#![doc = include_str!("../README.md")]

mod events;
mod multipart;
mod page_tokens;
mod pictures;
mod records;
mod rest;

pub use self::{
    events::events,
    multipart::multipart,
    page_tokens::page_tokens,
    pictures::pictures,
    records::records,
    rest::{json, query, transcoding},
};

/// A target: any bytes, and a panic where something is wrong.
pub type Target = fn(&[u8]);

/// All targets by name.
pub const TARGETS: [(&str, Target); 8] = [
    ("transcoding", transcoding),
    ("query", query),
    ("json", json),
    ("multipart", multipart),
    ("records", records),
    ("page_tokens", page_tokens),
    ("events", events),
    ("pictures", pictures),
];

/// The first line, where it is text, and what follows it.
fn first_line(data: &[u8]) -> Option<(&str, &[u8])> {
    let end = data.iter().position(|&byte| byte == b'\n').unwrap_or(data.len());
    Some((str::from_utf8(&data[..end]).ok()?, data.get(end + 1..).unwrap_or_default()))
}
