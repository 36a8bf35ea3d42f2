//! What a job wants of the browser.

use std::net::SocketAddr;

/// A job: how its page is seen, and through what it goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The proxy for all that the page asks for. It guards addresses and counts bytes.
    pub proxy: SocketAddr,
    /// The width of the window, in the page's pixels.
    pub width: u32,
    /// The height of the window, in the page's pixels.
    pub height: u32,
    /// How many pixels of the picture one of the page is wide.
    pub scale: f64,
    /// Style sheets that every document has besides its own.
    pub styles: Vec<&'static str>,
}
