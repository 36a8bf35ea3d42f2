//! A browser with a guard around it, in which pages are looked at.

use std::{fmt, sync::Arc, time::Duration};

use labelmesh_browser::{Arrival, Browser, Document, Error as BrowserError, Job, Page};
use labelmesh_outbound::{Config, Egress, Fault, Limit, Limits, Lookup, Outbound};
use tokio::time::Instant;
use url::Url;

/// How long after the time of a page its connections may go on: so long it may take to look at it.
pub(crate) const AFTERWARDS: Duration = Duration::from_secs(20);

/// A browser in which pages are looked at, and the guard through which they reach the world.
#[derive(Clone)]
pub struct Renderer {
    browser: Browser,
    outbound: Outbound,
    network: Config,
    limits: Limits,
    lookup: Arc<dyn Lookup>,
}

/// Why there is no page to be seen. The text is one sentence, lower case, without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The page lies where nobody is let, or one to which it redirects, or its URL is none that is called.
    #[error("{0}")]
    AddressRefused(Fault),
    /// Nothing came; with why, if that is known.
    #[error("{}", .0.map_or_else(|| "nothing came".to_owned(), |fault| fault.to_string()))]
    Unreachable(Option<Fault>),
    /// What lies there is nothing that a browser shows.
    #[error("it is not a page")]
    NotAPage,
    /// The page itself has more bytes than a job may have.
    #[error("the page is too large")]
    TooLarge,
    /// Nothing came in time, or it could not be pictured in time.
    #[error("it took too long")]
    TookTooLong,
    /// The process in which the page ran died: of this page, most likely.
    #[error("the page crashed")]
    Crashed,
    /// The browser died; what was asked may be asked again.
    #[error("the browser was lost")]
    BrowserLost,
    /// There is no browser to be had, for reasons that stay.
    #[error("{0}")]
    Browser(BrowserError),
}

impl From<BrowserError> for RenderError {
    fn from(error: BrowserError) -> Self {
        match error {
            BrowserError::Lost => Self::BrowserLost,
            BrowserError::Crashed => Self::Crashed,
            BrowserError::TookTooLong => Self::TookTooLong,
            BrowserError::SchemeRefused => Self::AddressRefused(Fault::UrlInvalid),
            error => Self::Browser(error),
        }
    }
}

impl From<Fault> for RenderError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::AddressRefused | Fault::PortRefused | Fault::UrlInvalid => Self::AddressRefused(fault),
            fault => Self::Unreachable(Some(fault)),
        }
    }
}

/// How a page is seen.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) scale: f64,
    pub(crate) styles: Vec<&'static str>,
}

/// A page that came, or began to.
pub(crate) struct Visit {
    pub(crate) page: Page,
    egress: Egress,
}

impl Renderer {
    /// One that judges addresses as `outbound` does, which was made by the same configuration and lookup.
    #[must_use]
    pub fn new(browser: Browser, outbound: Outbound, network: Config, lookup: Arc<dyn Lookup>) -> Self {
        Self { browser, outbound, network, limits: Limits::default(), lookup }
    }

    /// The same with other limits for what a page may use. Its time is that of each page.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Goes to a page. It ends when the page begins to come.
    pub(crate) async fn visit(&self, url: &str, view: View, by: Instant) -> Result<Visit, RenderError> {
        let url = Url::parse(url).map_err(|_| Fault::UrlInvalid)?;
        let mut called = url.clone();
        called.set_fragment(None);
        self.outbound.check(called.as_str())?;
        let time = by.saturating_duration_since(Instant::now()) + AFTERWARDS;
        let egress = Egress::bind(&self.network, Limits { time, ..self.limits }, Arc::clone(&self.lookup));
        let egress = egress.map_err(|error| BrowserError::NotStarted(error.to_string()))?;
        let View { width, height, scale, styles } = view;
        let page = self.browser.open(Job { proxy: egress.address(), width, height, scale, styles }).await?;
        let visit = Visit { page, egress };
        match visit.page.navigate(&url, by).await? {
            Arrival::NoDocument => Err(RenderError::NotAPage),
            Arrival::Nothing(_) => Err(visit.nothing()),
            Arrival::Document => Ok(visit),
        }
    }
}

impl Visit {
    /// The document that is there when the page has settled.
    ///
    /// # Errors
    /// If none came: where a page goes by a script may be refused, too.
    pub(crate) fn document(&self) -> Result<Document, RenderError> {
        let document = self.page.document();
        if document.url.is_empty() {
            return Err(RenderError::TookTooLong);
        }
        if document.is_missing {
            return Err(self.nothing());
        }
        // What the proxy refuses over plain HTTP has a status.
        if matches!(document.status, Some(403 | 502 | 504)) && self.fault(&document.url).is_some() {
            return Err(self.nothing());
        }
        if !is_shown(&document.media_type) {
            return Err(RenderError::NotAPage);
        }
        if document.is_broken && self.egress.usage().over == Some(Limit::Bytes) {
            return Err(RenderError::TooLarge);
        }
        Ok(document)
    }

    /// Whether it wanted more than it may use.
    pub(crate) fn is_limited(&self) -> bool {
        self.egress.usage().over.is_some()
    }

    /// Why no document came.
    fn nothing(&self) -> RenderError {
        match self.fault(&self.page.asked()) {
            Some(fault) => fault.into(),
            None if self.egress.usage().over == Some(Limit::Bytes) => RenderError::TooLarge,
            None => RenderError::Unreachable(None),
        }
    }

    /// Why the guard let nothing come from there.
    fn fault(&self, url: &str) -> Option<Fault> {
        let url = Url::parse(url).ok()?;
        let host = url.host_str()?;
        self.egress.usage().refused.into_iter().find(|refused| refused.host == host).map(|refused| refused.fault)
    }
}

/// Whether a browser shows documents of that type: PDF is for a viewer, which it does not have here.
fn is_shown(media_type: &str) -> bool {
    let media_type = media_type.to_ascii_lowercase();
    let (kind, name) = media_type.split_once('/').unwrap_or_default();
    matches!(kind, "text" | "image") || name == "xml" || name == "json" || name.ends_with("+xml")
}

impl fmt::Debug for Renderer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renderer").field("browser", &self.browser).field("limits", &self.limits).finish_non_exhaustive()
    }
}
