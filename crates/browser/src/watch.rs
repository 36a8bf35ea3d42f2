//! What happens in a page.

use std::{collections::HashMap, time::Duration};

use serde_json::{Value, json};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use crate::Error;

/// How many requests are counted; a page with more is not quiet before some of them have ended.
const MAX_REQUESTS: usize = 10_000;
/// What may go on for ever, or is for nobody to see.
const NOT_WAITED_FOR: [&str; 6] = ["EventSource", "WebSocket", "Media", "Ping", "Prefetch", "CSPViolationReport"];

/// The document that a page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Where it lies, behind all redirects, also those by scripts.
    pub url: String,
    /// The registered name of its type.
    pub media_type: String,
    /// The status of the answer that it came with.
    pub status: Option<u16>,
    /// Whether it did not come, and what is shown is the browser's word for that; `url` is where it should have come
    /// from.
    pub is_missing: bool,
    /// Whether it broke off.
    pub is_broken: bool,
}

#[derive(Debug)]
struct Seen {
    /// The topmost frame.
    frame: String,
    /// Names the load of the document of that frame.
    loader: String,
    is_loaded: bool,
    open: HashMap<String, Request>,
    quiet_since: Instant,
    document: Document,
    /// Status of the answer to the newest request for a document, and which load it is of.
    answer: (String, Option<u16>),
    /// Where the newest document was asked for.
    asked: String,
    /// Why nothing more happens.
    end: Option<Error>,
}

/// A request that has not ended.
#[derive(Debug)]
struct Request {
    session: String,
    frame: String,
    loader: String,
}

/// What happens in a page, kept short.
#[derive(Debug)]
pub(crate) struct Watch {
    seen: watch::Sender<Seen>,
}

impl Watch {
    /// That of a page with this topmost frame.
    pub(crate) fn new(frame: &str) -> Self {
        let seen = Seen {
            frame: frame.to_owned(),
            loader: String::new(),
            is_loaded: false,
            open: HashMap::new(),
            quiet_since: Instant::now(),
            document: Document::default(),
            answer: Default::default(),
            asked: String::new(),
            end: None,
        };
        Self { seen: watch::Sender::new(seen) }
    }

    /// Nothing more happens.
    pub(crate) fn end(&self, why: Error) {
        self.seen.send_modify(|seen| {
            seen.end.get_or_insert(why);
        });
    }

    /// A session of it has ended.
    pub(crate) fn detached(&self, session: &str) {
        self.seen.send_modify(|seen| seen.close(|request| request.session == session));
    }

    /// Hears of an event, and says what to answer.
    pub(crate) fn hear(&self, session: &str, event: &str, params: &Value) -> Option<(&'static str, Value)> {
        match event {
            "Page.javascriptDialogOpening" => {
                let leave = params["type"] == "beforeunload";
                return Some(("Page.handleJavaScriptDialog", json!({"accept": leave})));
            }
            "Inspector.targetCrashed" => self.end(Error::Crashed),
            _ => self.seen.send_modify(|seen| seen.hear(session, event, params)),
        }
        None
    }

    /// Why nothing more happens, as soon as it is so.
    pub(crate) async fn ended(&self) -> Error {
        let mut seen = self.seen.subscribe();
        let ended = seen.wait_for(|seen| seen.end.is_some()).await;
        ended.ok().and_then(|seen| seen.end.clone()).unwrap_or(Error::Lost)
    }

    /// Waits until the page was loaded and nothing has been open for that long; false if that is not so in time.
    pub(crate) async fn quiet(&self, long: Duration, by: Instant) -> Result<bool, Error> {
        let mut seen = self.seen.subscribe();
        loop {
            let quiet_at = {
                let seen = seen.borrow_and_update();
                if let Some(end) = &seen.end {
                    return Err(end.clone());
                }
                (seen.is_loaded && seen.open.is_empty()).then(|| seen.quiet_since + long)
            };
            let now = Instant::now();
            if quiet_at.is_some_and(|at| at <= now) {
                return Ok(true);
            }
            if by <= now {
                return Ok(false);
            }
            tokio::select! {
                changed = seen.changed() => changed.map_err(|_| Error::Lost)?,
                () = sleep_until(quiet_at.map_or(by, |at| at.min(by))) => {}
            }
        }
    }

    /// The document that is shown, and where the newest was asked for.
    pub(crate) fn document(&self) -> (Document, String) {
        let seen = self.seen.borrow();
        (seen.document.clone(), seen.asked.clone())
    }
}

impl Seen {
    fn hear(&mut self, session: &str, event: &str, params: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        match event {
            "Network.requestWillBeSent" => self.opened(session, params),
            "Network.responseReceived" if self.is_document(params) => {
                let status = params["response"]["status"].as_u64().and_then(|status| u16::try_from(status).ok());
                self.answer = (text(&params["loaderId"]), status);
                self.take_answer();
            }
            "Network.loadingFinished" => self.closed(params),
            "Network.loadingFailed" => {
                // The request for a document has the name of its load.
                self.document.is_broken |= params["requestId"] == *self.loader;
                self.closed(params);
            }
            "Page.frameNavigated" => self.navigated(&params["frame"]),
            "Page.navigatedWithinDocument" if params["frameId"] == *self.frame => {
                self.document.url = text(&params["url"]);
            }
            "Page.frameDetached" => self.close(|request| params["frameId"] == *request.frame),
            "Page.loadEventFired" => self.loaded(),
            // Without the event where a script sent it elsewhere, such as to a program for mail.
            "Page.frameStoppedLoading" if params["frameId"] == *self.frame => self.loaded(),
            _ => {}
        }
    }

    fn loaded(&mut self) {
        self.is_loaded = true;
        self.quiet_since = Instant::now();
    }

    fn is_document(&self, params: &Value) -> bool {
        params["type"] == "Document" && params["frameId"] == *self.frame
    }

    fn opened(&mut self, session: &str, params: &Value) {
        let text = |name: &str| params[name].as_str().unwrap_or_default().to_owned();
        let url = params["request"]["url"].as_str().unwrap_or_default();
        // Of others there is no end to be heard: they are for other programs, or done already.
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return;
        }
        if self.is_document(params) {
            self.asked = url.to_owned();
        }
        let is_waited_for = params["type"].as_str().is_none_or(|kind| !NOT_WAITED_FOR.contains(&kind));
        if is_waited_for && self.open.len() < MAX_REQUESTS {
            let request = Request { session: session.to_owned(), frame: text("frameId"), loader: text("loaderId") };
            self.open.insert(text("requestId"), request);
        }
    }

    fn closed(&mut self, params: &Value) {
        let id = params["requestId"].as_str().unwrap_or_default();
        if self.open.remove(id).is_some() && self.open.is_empty() {
            self.quiet_since = Instant::now();
        }
    }

    /// Those requests are of no interest any more.
    fn close(&mut self, which: impl Fn(&Request) -> bool) {
        let before = self.open.len();
        self.open.retain(|_, request| !which(request));
        if self.open.is_empty() && before > 0 {
            self.quiet_since = Instant::now();
        }
    }

    /// A frame has another document.
    fn navigated(&mut self, frame: &Value) {
        let text = |name: &str| frame[name].as_str().unwrap_or_default().to_owned();
        let (id, loader) = (text("id"), text("loaderId"));
        if id != self.frame {
            return self.close(|request| request.frame == id && request.loader != loader);
        }
        self.close(|request| request.loader != loader);
        let missing = frame["unreachableUrl"].as_str();
        let url = missing.map_or_else(|| text("url") + &text("urlFragment"), str::to_owned);
        let media_type = text("mimeType");
        self.document = Document { url, media_type, is_missing: missing.is_some(), ..Document::default() };
        self.loader = loader;
        self.is_loaded = false;
        self.take_answer();
    }

    /// The status comes before the document, or after it.
    fn take_answer(&mut self) {
        if self.answer.0 == self.loader {
            self.document.status = self.answer.1;
        }
    }
}
