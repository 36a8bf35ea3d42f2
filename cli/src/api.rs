//! The server as this program sees it: REST calls of the contract, as JSON.

mod http;
mod model;
mod multipart;
mod refusal;
mod rpc;
mod scheme;
mod stream;
#[cfg(test)]
mod stub;

use std::time::Duration;

use ::http::{Request, Response, header};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use labelmesh_clock::Random;
use serde_json::Value;
use tokio::time::{sleep, timeout};

#[cfg(test)]
pub(crate) use self::stub::stub;
use self::{
    http::Http,
    refusal::{lost, odd, refusal},
};
pub(crate) use self::{
    http::address,
    model::{
        Decision, Image, Lease, Leases, LoginAnswer, Policy, Progress, Shortage, Task, TaskState, User, Verdict,
        VoteAnswer, count, field, parse,
    },
    multipart::{Multipart, Piece},
    rpc::{Rpc, escaped},
};
use crate::exit::{Exit, Failure};

/// How often a call that may be repeated is tried.
const TRIES: u32 = 6;
/// The wait before the second try; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// A server that asks for more patience than this is told of to the user instead.
const LONGEST_WAIT: Duration = Duration::from_secs(20);
/// No answer to a single message takes longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server, for whoever the token belongs to. Clones share connections.
#[derive(Clone)]
pub(crate) struct Api {
    http: Http,
    token: Option<String>,
    random: Random,
}

impl Api {
    /// The server at an address such as `https://labels.example`.
    pub(crate) fn new(server: &str, token: Option<String>) -> Result<Self, Failure> {
        Ok(Self { http: Http::new(server)?, token, random: Random::system() })
    }

    /// Calls a method that takes one message and answers with one; again where the contract allows it and it may help.
    /// `ids` are the parameters of its path.
    pub(crate) async fn call(&self, rpc: &Rpc, ids: &[&str], body: Option<&Value>) -> Result<Value, Failure> {
        self.value(rpc, &rpc.path(ids), body).await
    }

    async fn value(&self, rpc: &Rpc, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let response = self.persist(rpc, path, body).await?;
        let bytes = response.into_body().collect();
        let bytes = timeout(PATIENCE, bytes).await.map_err(|_| silent())?.map_err(|error| lost(&error))?.to_bytes();
        serde_json::from_slice(&bytes).map_err(|error| odd(&error.to_string()))
    }

    /// Gives a creating request an id, so that repeating it creates nothing twice.
    pub(crate) fn with_request_id(&self, mut body: Value) -> Value {
        let id = uuid::Builder::from_random_bytes(self.random.bytes()).into_uuid();
        body["requestId"] = id.to_string().into();
        body
    }

    /// Everything of a list, page by page, at most `limit`; a page has the items in the field `items`.
    pub(crate) fn list<'a>(
        &'a self,
        rpc: &'a Rpc,
        ids: &[&str],
        items: &'a str,
        limit: usize,
    ) -> impl Stream<Item = Result<Value, Failure>> + Send + use<'a> {
        self.pages(rpc, rpc.path(ids), items, limit)
    }

    /// The same of what a filter fits, which is given by fields of the request.
    pub(crate) fn find<'a>(
        &'a self,
        rpc: &'a Rpc,
        filter: &[(&str, &str)],
        items: &'a str,
        limit: usize,
    ) -> impl Stream<Item = Result<Value, Failure>> + Send + use<'a> {
        let filter = filter.iter().map(|(field, text)| format!("{field}={}&", escaped(text)));
        self.pages(rpc, format!("{}?{}", rpc.path(&[]), filter.collect::<String>()), items, limit)
    }

    fn pages<'a>(
        &'a self,
        rpc: &'a Rpc,
        path: String,
        items: &'a str,
        limit: usize,
    ) -> impl Stream<Item = Result<Value, Failure>> + Send + use<'a> {
        let path = if path.contains('?') { path } else { path + "?" };
        async_stream::try_stream! {
            let (mut token, mut left) = (String::new(), limit);
            while left > 0 {
                let page = format!("{path}page_size={}&page_token={token}", left.min(1000));
                let mut page = self.value(rpc, &page, None).await?;
                let Value::Array(more) = page[items].take() else { break };
                for item in more.into_iter().take(left) {
                    left -= 1;
                    yield item;
                }
                token = field(&page, "nextPageToken").to_owned();
                if token.is_empty() {
                    break;
                }
            }
        }
    }

    /// A server stream, as one JSON value a line. An error in the middle is its last item.
    pub(crate) async fn stream(
        &self,
        rpc: &Rpc,
        id: &str,
        query: &str,
    ) -> Result<impl Stream<Item = Result<Value, Failure>> + Send + use<>, Failure> {
        let response = self.persist(rpc, &format!("{}{query}", rpc.path(&[id])), None).await?;
        Ok(stream::lines(response.into_body()))
    }

    /// Sends files, once; what became of each comes back while they are under way.
    pub(crate) async fn send(
        &self,
        rpc: &Rpc,
        id: &str,
        files: Multipart,
    ) -> Result<impl Stream<Item = Result<Value, Failure>> + Send + use<>, Failure> {
        let content_type = files.content_type();
        let request = self.request(rpc, &rpc.path(&[id])).header(header::CONTENT_TYPE, content_type);
        let response = self.http.send(request.body(files.body()).map_err(|error| odd(&error.to_string()))?).await?;
        Ok(stream::lines(self.accepted(response).await?.into_body()))
    }

    /// The bytes that a method answers with, as they come.
    pub(crate) async fn bytes(
        &self,
        rpc: &Rpc,
        id: &str,
        query: &str,
    ) -> Result<impl Stream<Item = Result<Bytes, Failure>> + Send + use<>, Failure> {
        let response = self.persist(rpc, &format!("{}{query}", rpc.path(&[id])), None).await?;
        let chunks = http_body_util::BodyStream::new(response.into_body());
        Ok(chunks.filter_map(|frame| async move {
            frame.map(|frame| frame.into_data().ok()).map_err(|error| lost(&error)).transpose()
        }))
    }

    /// The bytes at an address outside the contract, such as a signed one: the token is none of its business.
    pub(crate) async fn outside(&self, address: &str) -> Result<Bytes, Failure> {
        let request = Request::get(address).body(http::empty()).map_err(|error| odd(&error.to_string()))?;
        let answer = async {
            let response = self.accepted(self.http.send(request).await?).await?;
            Ok(response.into_body().collect().await.map_err(|error| lost(&error))?.to_bytes())
        };
        timeout(PATIENCE, answer).await.map_err(|_| silent())?
    }

    /// Tries a call until it is answered, refused for good, or tried often enough.
    async fn persist(&self, rpc: &Rpc, path: &str, body: Option<&Value>) -> Result<Response<Incoming>, Failure> {
        let mut wait = FIRST_WAIT;
        for _ in 1..TRIES {
            match self.once(rpc, path, body).await {
                Err(Trouble { failure, after }) if rpc.repeatable && is_passing(&failure) => {
                    let asked = after.unwrap_or(wait);
                    if asked > LONGEST_WAIT {
                        return Err(failure);
                    }
                    sleep(asked.max(wait)).await;
                }
                answer => return answer.map_err(|trouble| trouble.failure),
            }
            wait *= 2;
        }
        self.once(rpc, path, body).await.map_err(|trouble| trouble.failure)
    }

    async fn once(&self, rpc: &Rpc, path: &str, body: Option<&Value>) -> Result<Response<Incoming>, Trouble> {
        let request = self.request(rpc, path);
        let request = match body {
            Some(body) => request.header(header::CONTENT_TYPE, "application/json").body(http::full(body.to_string())),
            None => request.body(http::empty()),
        };
        let request = request.map_err(|error| Trouble::from(odd(&error.to_string())))?;
        let answer = timeout(PATIENCE, self.http.send(request)).await.map_err(|_| Trouble::from(silent()))?;
        self.accepted_or_trouble(answer?).await
    }

    fn request(&self, rpc: &Rpc, path: &str) -> ::http::request::Builder {
        let request = Request::builder().method(rpc.verb.clone()).uri(format!("{}{path}", self.http.base()));
        let request = request.header(header::ACCEPT, "application/json, application/x-ndjson, */*;q=0.5");
        match &self.token {
            Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    async fn accepted(&self, response: Response<Incoming>) -> Result<Response<Incoming>, Failure> {
        self.accepted_or_trouble(response).await.map_err(|trouble| trouble.failure)
    }

    async fn accepted_or_trouble(&self, response: Response<Incoming>) -> Result<Response<Incoming>, Trouble> {
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let body = response.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        if let Some(failure) = scheme::wants_tls(self.http.base(), status, &body) {
            return Err(failure.into());
        }
        let (failure, after) = refusal(status, &serde_json::from_slice(&body).unwrap_or_default());
        Err(Trouble { failure, after })
    }
}

/// A failure, and after how long the server says it may have passed.
struct Trouble {
    failure: Failure,
    after: Option<Duration>,
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self { failure, after: None }
    }
}

/// Whether the same call may succeed in a moment.
pub(crate) fn is_passing(failure: &Failure) -> bool {
    failure.is("CONFLICT") || failure.exit == Exit::Unavailable && !failure.is("TOO_MANY_ATTEMPTS")
}

/// The failure that a `google.rpc.Status` within an answer is.
pub(crate) fn status(status: &Value) -> Failure {
    refusal(::http::StatusCode::OK, status).0
}

fn silent() -> Failure {
    Failure::new(Exit::Unavailable, format!("the server did not answer within {} s", PATIENCE.as_secs()))
}
