//! The debugging protocol over two pipes: JSON, each message ended by a NUL.

use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::unix::pipe,
    sync::{mpsc, oneshot},
};

use crate::{Error, child::Ends, watch::Watch};

/// The longest message that is read: a picture of 50 megapixels that PNG can't make smaller, in base64. It is there
/// twice for a moment, as it came and as it was read.
const MAX_MESSAGE: u64 = 300 << 20;

/// What can be asked of a browser. Clones speak to the same.
#[derive(Clone)]
pub(crate) struct Connection {
    shared: Arc<Shared>,
}

struct Shared {
    to: mpsc::UnboundedSender<Vec<u8>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    is_lost: bool,
    last: u64,
    calls: HashMap<u64, oneshot::Sender<Result<Value, String>>>,
    /// Who watches what is told of a session.
    watches: HashMap<String, Arc<Watch>>,
}

/// What the browser says: the answer to a call, or an event.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    id: Option<u64>,
    #[serde(default)]
    result: Value,
    error: Option<Refusal>,
    method: Option<String>,
    #[serde(default)]
    params: Value,
    session_id: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    message: String,
}

impl Connection {
    /// One over these pipes. It needs a runtime, which reads and writes.
    ///
    /// # Errors
    /// If the pipes are none.
    pub(crate) fn new(ends: Ends) -> io::Result<Self> {
        let from = pipe::Receiver::from_owned_fd(ends.from)?;
        let to = pipe::Sender::from_owned_fd(ends.to)?;
        let (sender, messages) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared { to: sender, state: Mutex::default() });
        tokio::spawn(write(to, messages));
        tokio::spawn(read(from, Arc::clone(&shared)));
        Ok(Self { shared })
    }

    /// Asks the browser, or in a session the page, for something.
    ///
    /// # Errors
    /// That the browser was lost, or what it says against it.
    pub(crate) async fn call(
        &self,
        session: Option<&str>,
        method: &'static str,
        params: Value,
    ) -> Result<Value, Error> {
        let (sender, answer) = oneshot::channel();
        let id = {
            let mut state = self.shared.state();
            if state.is_lost {
                return Err(Error::Lost);
            }
            state.last += 1;
            let id = state.last;
            state.calls.insert(id, sender);
            id
        };
        // Whoever stops waiting is not waited for.
        let _asked = Asked { shared: &self.shared, id };
        self.shared.say(session, id, method, params);
        let answer = answer.await.map_err(|_| Error::Lost)?;
        answer.map_err(|message| Error::Refused { method, message })
    }

    /// Has what is told of a session go to `watch`.
    pub(crate) fn listen(&self, session: &str, watch: Arc<Watch>) {
        let mut state = self.shared.state();
        if state.is_lost {
            watch.end(Error::Lost);
        }
        state.watches.insert(session.to_owned(), watch);
    }

    /// Nothing goes to `watch` any more.
    pub(crate) fn forget(&self, watch: &Arc<Watch>) {
        self.shared.state().watches.retain(|_, other| !Arc::ptr_eq(other, watch));
    }

    /// Nobody is there any more at the other end, even if it does not seem so yet.
    pub(crate) fn lose(&self) {
        self.shared.lose();
    }

    /// Whether there is nobody any more at the other end.
    pub(crate) fn is_lost(&self) -> bool {
        self.shared.state().is_lost
    }
}

/// A call that is waited for.
struct Asked<'a> {
    shared: &'a Shared,
    id: u64,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        self.shared.state().calls.remove(&self.id);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, session: Option<&str>, id: u64, method: &str, params: Value) {
        let mut message = json!({"id": id, "method": method, "params": params});
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        // If nobody writes any more, the call is lost with all others.
        let _ = self.to.send(bytes);
    }

    /// Says something whose answer does not matter.
    fn tell(&self, session: &str, method: &str, params: Value) {
        let id = {
            let mut state = self.state();
            state.last += 1;
            state.last
        };
        self.say(Some(session), id, method, params);
    }

    fn hear(&self, message: Message) {
        if let Some(id) = message.id {
            let call = self.state().calls.remove(&id);
            let answer = message.error.map_or(Ok(message.result), |refusal| Err(refusal.message));
            if let Some(call) = call {
                // Whoever asked may have gone.
                let _ = call.send(answer);
            }
            return;
        }
        let (Some(method), params) = (message.method, message.params) else { return };
        match method.as_str() {
            "Target.detachedFromTarget" => self.detached(&params),
            _ => {
                let Some(session) = message.session_id else { return };
                let Some(watch) = self.state().watches.get(&session).cloned() else { return };
                if method == "Target.attachedToTarget" {
                    self.attached(&params, &watch);
                }
                if let Some((method, params)) = watch.hear(&session, &method, &params) {
                    self.tell(&session, method, params);
                }
            }
        }
    }

    /// A frame runs in a process of its own, or a worker has begun, and waits for us.
    fn attached(&self, params: &Value, watch: &Arc<Watch>) {
        let Some(session) = params["sessionId"].as_str() else { return };
        self.state().watches.insert(session.to_owned(), Arc::clone(watch));
        self.tell(session, "Network.enable", json!({}));
        self.tell(session, "Target.setAutoAttach", frames());
        self.tell(session, "Runtime.runIfWaitingForDebugger", json!({}));
    }

    fn detached(&self, params: &Value) {
        let Some(session) = params["sessionId"].as_str() else { return };
        let watch = self.state().watches.remove(session);
        if let Some(watch) = watch {
            watch.detached(session);
        }
    }

    fn lose(&self) {
        let watches: Vec<_> = {
            let mut state = self.state();
            state.is_lost = true;
            // Whoever waits learns it by that.
            state.calls.clear();
            state.watches.drain().map(|(_, watch)| watch).collect()
        };
        for watch in watches {
            watch.end(Error::Lost);
        }
    }
}

/// Has frames that run in processes of their own told of, too, and workers: these wait for somebody even where nobody
/// is told of them, and would never run.
pub(crate) fn frames() -> Value {
    let filter = json!([{"type": "iframe", "exclude": false}, {"type": "worker", "exclude": false}, {"exclude": true}]);
    json!({"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true, "filter": filter})
}

async fn write(mut to: pipe::Sender, mut messages: mpsc::UnboundedReceiver<Vec<u8>>) {
    while let Some(message) = messages.recv().await {
        if to.write_all(&message).await.is_err() {
            return;
        }
    }
}

async fn read(from: pipe::Receiver, shared: Arc<Shared>) {
    let mut from = BufReader::new(from);
    loop {
        let mut message = Vec::new();
        let read = (&mut from).take(MAX_MESSAGE).read_until(0, &mut message).await;
        if read.is_err() || message.pop() != Some(0) {
            break;
        }
        match serde_json::from_slice(&message) {
            Ok(message) => shared.hear(message),
            Err(error) => tracing::warn!(%error, "the browser says what is none of its protocol"),
        }
    }
    shared.lose();
}
