//! A page, in a context of its own.

use std::{fmt, sync::Arc, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::{Document, Error, Job, pipe, running::Running, watch::Watch};

/// The world in which our scripts run: they see the page, but nothing that its own have changed.
const WORLD: &str = "labelmesh";
/// What all documents find before they begin.
const BEFORE: &str = "window.print = () => {};";

/// A page. What it is about is a stranger's, and may do what it likes: all its calls end by the time that they are
/// given, or as soon after it as the browser itself has answered, which has 20 s for that. Dropping it ends its
/// context.
pub struct Page {
    context: Context,
    session: String,
    frame: String,
    watch: Arc<Watch>,
}

/// What became of a navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// A document is there, or the beginning of it.
    Document,
    /// It is nothing that a browser shows: a download, or no content.
    NoDocument,
    /// Nothing came; what the browser calls that, such as `net::ERR_EMPTY_RESPONSE`.
    Nothing(String),
}

/// A part of a page, in its own pixels, from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clip {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// A context of a job. It always ends.
struct Context {
    running: Arc<Running>,
    id: Option<String>,
}

impl Page {
    /// Opens an empty one.
    ///
    /// # Errors
    /// If the browser was lost.
    pub(crate) async fn open(running: Arc<Running>, job: Job) -> Result<Self, Error> {
        let proxy = json!({
            "disposeOnDetach": true, "proxyServer": format!("http://{}", job.proxy), "proxyBypassList": "<-loopback>",
        });
        let id = name(&running.call("Target.createBrowserContext", proxy).await?, "browserContextId")?;
        let context = Context { running: Arc::clone(&running), id: Some(id.clone()) };
        let deny = json!({"behavior": "deny", "browserContextId": id});
        running.call("Browser.setDownloadBehavior", deny).await?;
        // All that are not granted are denied.
        running.call("Browser.grantPermissions", json!({"permissions": [], "browserContextId": id})).await?;
        let window = json!({"url": "about:blank", "browserContextId": id, "width": job.width, "height": job.height});
        let frame = name(&running.call("Target.createTarget", window).await?, "targetId")?;
        let attach = json!({"targetId": frame, "flatten": true});
        let session = name(&running.call("Target.attachToTarget", attach).await?, "sessionId")?;
        let watch = Arc::new(Watch::new(&frame));
        running.connection.listen(&session, Arc::clone(&watch));
        let page = Self { context, session, frame, watch };
        page.prepare(&job).await?;
        Ok(page)
    }

    async fn prepare(&self, job: &Job) -> Result<(), Error> {
        let view = json!({
            "width": job.width, "height": job.height, "deviceScaleFactor": job.scale, "mobile": false,
        });
        let mut calls = vec![
            ("Page.enable", json!({})),
            ("Network.enable", json!({"maxTotalBufferSize": 0, "maxResourceBufferSize": 0})),
            ("Inspector.enable", json!({})),
            ("Target.setAutoAttach", pipe::frames()),
            ("Emulation.setDeviceMetricsOverride", view),
            ("Page.setInterceptFileChooserDialog", json!({"enabled": true, "cancel": true})),
            ("Page.addScriptToEvaluateOnNewDocument", json!({"source": BEFORE})),
        ];
        for style in &job.styles {
            let source = format!(
                "{{ const sheet = new CSSStyleSheet(); sheet.replaceSync({}); \
                 document.adoptedStyleSheets.push(sheet); }}",
                Value::from(*style)
            );
            let script = json!({"source": source, "worldName": WORLD});
            calls.push(("Page.addScriptToEvaluateOnNewDocument", script));
        }
        // An empty page answers at once, as the browser does.
        let by = Instant::now() + Duration::from_secs(20);
        for (method, params) in calls {
            self.call(method, params, by).await?;
        }
        Ok(())
    }

    /// Goes to a URL of http or https. It ends when the document begins.
    ///
    /// # Errors
    /// If the URL is another one, if that takes too long, the page crashed, or the browser was lost.
    pub async fn navigate(&self, url: &Url, by: Instant) -> Result<Arrival, Error> {
        // A browser shows files, too.
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Error::SchemeRefused);
        }
        let answer = self.call("Page.navigate", json!({"url": url.as_str()}), by).await?;
        if answer["isDownload"] == true {
            return Ok(Arrival::NoDocument);
        }
        Ok(match answer["errorText"].as_str() {
            None | Some("") => Arrival::Document,
            Some("net::ERR_ABORTED") => Arrival::NoDocument,
            Some(error) => Arrival::Nothing(error.to_owned()),
        })
    }

    /// Waits until the page is loaded and has had no request open for that long; false if it is not so in time. What
    /// may go on for ever is not counted: event streams, sockets, films.
    ///
    /// # Errors
    /// If the page crashed, or the browser was lost.
    pub async fn settle(&self, quiet: Duration, by: Instant) -> Result<bool, Error> {
        self.watch.quiet(quiet, by).await
    }

    /// Stops what still loads, and its scripts for good, also one that runs for ever.
    ///
    /// # Errors
    /// If that takes too long, the page crashed, or the browser was lost.
    pub async fn stop(&self, by: Instant) -> Result<(), Error> {
        // The first two are done when the script has ended that the last one ends.
        let stops = ["Page.stopLoading", "Emulation.setScriptExecutionDisabled", "Runtime.terminateExecution"];
        let calls = stops.map(|method| self.call(method, json!({"value": true}), by));
        for done in futures::future::join_all(calls).await {
            match done {
                // There may be no script.
                Err(Error::Refused { .. }) | Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The document that it shows.
    #[must_use]
    pub fn document(&self) -> Document {
        self.watch.document().0
    }

    /// Where its newest document was asked for, which may not have come.
    #[must_use]
    pub fn asked(&self) -> String {
        self.watch.document().1
    }

    /// The value of an expression, or what its promise gives, in a world of its own: the page can't change what it
    /// calls.
    ///
    /// # Errors
    /// If that takes too long, the expression throws, the page crashed, or the browser was lost.
    pub async fn evaluate(&self, expression: &str, by: Instant) -> Result<Value, Error> {
        let world = json!({"frameId": self.frame, "worldName": WORLD});
        let world = self.call("Page.createIsolatedWorld", world, by).await?;
        let wanted = json!({
            "expression": expression, "contextId": world["executionContextId"],
            "awaitPromise": true, "returnByValue": true,
        });
        let mut answer = self.call("Runtime.evaluate", wanted, by).await?;
        match answer["exceptionDetails"]["text"].as_str() {
            Some(text) => Err(Error::Refused { method: "Runtime.evaluate", message: text.to_owned() }),
            None => Ok(answer["result"]["value"].take()),
        }
    }

    /// How wide and how high all of it is, in its own pixels.
    ///
    /// # Errors
    /// If that takes too long, the page crashed, or the browser was lost.
    pub async fn size(&self, by: Instant) -> Result<(f64, f64), Error> {
        let metrics = self.call("Page.getLayoutMetrics", json!({}), by).await?;
        let side = |name: &str| metrics["cssContentSize"][name].as_f64().unwrap_or_default();
        Ok((side("width"), side("height")))
    }

    /// A picture of a part of it, also of what is not in its window: PNG.
    ///
    /// # Errors
    /// If that takes too long, the page crashed, or the browser was lost.
    pub async fn picture(&self, clip: Clip, by: Instant) -> Result<Vec<u8>, Error> {
        let clip = json!({"x": 0, "y": 0, "width": clip.width, "height": clip.height, "scale": 1});
        let wanted = json!({"format": "png", "optimizeForSpeed": true, "captureBeyondViewport": true, "clip": clip});
        let picture = self.call("Page.captureScreenshot", wanted, by).await?;
        let method = "Page.captureScreenshot";
        let data = picture["data"].as_str().unwrap_or_default();
        BASE64_STANDARD.decode(data).map_err(|error| Error::Refused { method, message: error.to_string() })
    }

    /// Ends it, and waits until it has ended.
    ///
    /// # Errors
    /// If the browser was lost, which ends it as well.
    pub async fn close(mut self) -> Result<(), Error> {
        let ended = self.context.id.take().map(|id| end(Arc::clone(&self.context.running), id));
        match ended {
            // It goes on if we are not there any more.
            Some(ended) => self.context.running.runtime.spawn(ended).await.unwrap_or(Err(Error::Lost)),
            None => Ok(()),
        }
    }

    async fn call(&self, method: &'static str, params: Value, by: Instant) -> Result<Value, Error> {
        let running = &self.context.running;
        let call = timeout_at(by, running.connection.call(Some(&self.session), method, params));
        tokio::select! {
            biased;
            answer = call => match answer {
                Ok(answer) => answer,
                // It is the page, if the browser itself answers.
                Err(_) => Err(running.call("Browser.getVersion", json!({})).await.err().unwrap_or(Error::TookTooLong)),
            },
            ended = self.watch.ended() => Err(ended),
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.context.running.connection.forget(&self.watch);
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        if let Some(id) = self.id.take() {
            self.running.runtime.spawn(end(Arc::clone(&self.running), id));
        }
    }
}

/// Ends a context. A browser that does not do that hangs, and is ended.
async fn end(running: Arc<Running>, id: String) -> Result<(), Error> {
    let ended = running.call("Target.disposeBrowserContext", json!({"browserContextId": id})).await;
    running.look().await;
    ended.map(drop)
}

fn name(answer: &Value, field: &'static str) -> Result<String, Error> {
    let name = answer[field].as_str().map(str::to_owned);
    name.ok_or_else(|| Error::Refused { method: field, message: "it says none".to_owned() })
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page").field("document", &self.document()).finish_non_exhaustive()
    }
}
