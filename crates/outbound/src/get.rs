//! Gets what lies at an address that a stranger chose, over redirects.

use std::io::{self, Write as _};

use bytes::Bytes;
use flate2::write::GzDecoder;
use http::{
    HeaderMap, HeaderValue,
    header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, LOCATION},
};
use url::Url;

use crate::{Fault, Outbound, client::fault};

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 5;

/// What lay there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Where it lay in the end; no fragment.
    pub url: Url,
    /// The header Content-Type, if it is readable text.
    pub content_type: Option<String>,
    /// The whole body, decompressed.
    pub bytes: Bytes,
}

impl Outbound {
    /// Gets a URL, whose fragment does not matter, with these media types wanted. Redirects are followed, at most five,
    /// each judged as the URL itself is. `most` bounds the bytes of the body, as it is sent and decompressed; the
    /// configured time is that of the whole.
    ///
    /// # Errors
    /// That it can't be had.
    pub async fn get(&self, url: &str, accept: &'static str, most: usize) -> Result<Fetched, Fault> {
        let call = self.follow(url, accept, most);
        tokio::time::timeout(self.timeout, call).await.unwrap_or(Err(Fault::TooSlow))
    }

    async fn follow(&self, url: &str, accept: &'static str, most: usize) -> Result<Fetched, Fault> {
        let values = [(ACCEPT, accept), (ACCEPT_ENCODING, "gzip")];
        let headers = HeaderMap::from_iter(values.map(|(name, value)| (name, HeaderValue::from_static(value))));
        let mut url = self.gettable(Url::parse(url).map_err(|_| Fault::UrlInvalid)?)?;
        for _ in 0..=MAX_REDIRECTS {
            let answer = self.client.get(url.clone()).headers(headers.clone()).send().await;
            let answer = answer.map_err(|error| fault(&error))?;
            let Some(next) = target(&url, &answer)? else { return read(url, answer, most).await };
            url = self.gettable(next)?;
        }
        Err(Fault::TooManyRedirects)
    }

    fn gettable(&self, mut url: Url) -> Result<Url, Fault> {
        url.set_fragment(None);
        self.judge(&url)?;
        Ok(url)
    }
}

/// Where a redirect leads to; none if the answer is not one.
fn target(from: &Url, answer: &reqwest::Response) -> Result<Option<Url>, Fault> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = answer.headers().get(LOCATION) else { return Ok(None) };
    // Servers send UTF-8 as it is, and browsers take it.
    let location = std::str::from_utf8(location.as_bytes()).map_err(|_| Fault::UrlInvalid)?;
    from.join(location).map(Some).map_err(|_| Fault::UrlInvalid)
}

/// Reads a whole answer that is one of success.
async fn read(url: Url, mut answer: reqwest::Response, most: usize) -> Result<Fetched, Fault> {
    if !answer.status().is_success() {
        return Err(Fault::Status(answer.status()));
    }
    if answer.content_length().is_some_and(|length| length > most as u64) {
        return Err(Fault::TooLarge);
    }
    let mut body = Body::new(answer.headers(), most)?;
    while let Some(piece) = answer.chunk().await.map_err(|error| fault(&error))? {
        body.add(&piece)?;
    }
    let content_type = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(str::to_owned);
    Ok(Fetched { url, content_type, bytes: body.end()? })
}

/// A body that is being read.
enum Body {
    Plain(Capped),
    Gzip(Box<GzDecoder<Capped>>),
}

impl Body {
    fn new(headers: &HeaderMap, most: usize) -> Result<Self, Fault> {
        let bytes = Capped { bytes: Vec::new(), most };
        let encoding = headers.get(CONTENT_ENCODING).map_or(b"".as_slice(), HeaderValue::as_bytes).trim_ascii();
        match encoding.to_ascii_lowercase().as_slice() {
            b"" | b"identity" => Ok(Self::Plain(bytes)),
            b"gzip" | b"x-gzip" => Ok(Self::Gzip(Box::new(GzDecoder::new(bytes)))),
            // Nobody asked for it.
            _ => Err(Fault::BrokenOff),
        }
    }

    fn add(&mut self, piece: &[u8]) -> Result<(), Fault> {
        let added = match self {
            Self::Plain(bytes) => bytes.write_all(piece),
            Self::Gzip(decoder) => decoder.write_all(piece),
        };
        added.map_err(|error| broken(&error))
    }

    fn end(self) -> Result<Bytes, Fault> {
        let bytes = match self {
            Self::Plain(bytes) => bytes,
            Self::Gzip(decoder) => decoder.finish().map_err(|error| broken(&error))?,
        };
        Ok(bytes.bytes.into())
    }
}

/// Compressed bytes that are none, or too many.
fn broken(error: &io::Error) -> Fault {
    if error.kind() == io::ErrorKind::FileTooLarge { Fault::TooLarge } else { Fault::BrokenOff }
}

/// Bytes that can't become more than so many.
struct Capped {
    bytes: Vec<u8>,
    most: usize,
}

impl io::Write for Capped {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if piece.len() > self.most - self.bytes.len() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
