//! A client of the REST edge, as any program outside would write one: HTTP, JSON and a Bearer token.

use std::time::Duration;

use futures::{Stream, StreamExt as _, TryStreamExt as _};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, multipart};
use serde_json::Value;

/// How often a call that may be repeated is tried.
const TRIES: u32 = 8;
/// The wait before the second try; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// No call lasts longer, streams excepted.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How long one rests at least and at most when there is nothing to label.
const SHORTEST_REST: Duration = Duration::from_millis(100);
const LONGEST_REST: Duration = Duration::from_secs(1);

/// The number of the gRPC code.
const UNAVAILABLE: u64 = 14;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The edge answered with an error: a `google.rpc.Status` as JSON.
    #[error("{method} {path}: {status}: {message} [{reason}]")]
    Refused {
        /// The method.
        method: Method,
        /// The path.
        path: String,
        /// The HTTP status.
        status: StatusCode,
        /// The sentence for people.
        message: String,
        /// The reason of the contract; empty where there was none.
        reason: String,
    },
    /// No answer, or not a whole one.
    #[error("{method} {path}: {source}")]
    Lost {
        /// The method.
        method: Method,
        /// The path.
        path: String,
        /// What broke.
        source: reqwest::Error,
    },
    /// A stream that began well and broke off: its last line is a `google.rpc.Status`.
    #[error("{path}: the stream broke off: {message}")]
    Broken {
        /// The path.
        path: String,
        /// The number of the gRPC code.
        code: u64,
        /// The sentence for people.
        message: String,
    },
    /// An answer that is not what the contract says.
    #[error("{path}: {what}")]
    Odd {
        /// The path.
        path: String,
        /// What is wrong with it.
        what: String,
    },
}

impl Failure {
    /// The HTTP status, where there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The reason of the contract, such as `LEASE_EXPIRED`; empty where there is none.
    #[must_use]
    pub fn reason(&self) -> &str {
        match self {
            Self::Refused { reason, .. } => reason,
            _ => "",
        }
    }

    /// Whether a call that may be repeated is worth repeating.
    fn is_passing(&self) -> bool {
        match self {
            // 409 is the status of a conflict between calls, which passes, and of what exists already, which does not.
            Self::Refused { status, reason, .. } => match status.as_u16() {
                409 => reason == "CONFLICT",
                status => matches!(status, 429 | 502 | 503 | 504),
            },
            Self::Broken { code, .. } => *code == UNAVAILABLE,
            Self::Lost { .. } => true,
            Self::Odd { .. } => false,
        }
    }
}

/// A file to upload.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What it is, such as `image/png`.
    pub media_type: String,
    /// Its bytes.
    pub data: Vec<u8>,
}

/// The edge as one user, or nobody, sees it. Clones share connections.
#[derive(Debug, Clone)]
pub struct Edge {
    http: Client,
    base: String,
    token: Option<String>,
}

impl Edge {
    /// The edge at an address such as `http://127.0.0.1:8080`, for nobody in particular. `agent` is what the program
    /// calls itself.
    ///
    /// # Panics
    /// If `agent` can't stand in a header.
    #[must_use]
    pub fn new(base: &str, agent: &str) -> Self {
        let http = Client::builder().user_agent(agent).build().expect("a client without TLS of its own can be built");
        Self { http, base: base.trim_end_matches('/').to_owned(), token: None }
    }

    /// The same edge for whoever the token belongs to.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_owned()), ..self.clone() }
    }

    /// The token it calls with.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Where it is.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Signs in and returns the edge for this user.
    ///
    /// # Errors
    /// If the edge refuses. It is tried again only where the first try certainly did nothing.
    pub async fn sign_in(&self, email: &str, password: &str) -> Result<Self, Failure> {
        let body = serde_json::json!({"email": email, "password": password});
        let mut wait = FIRST_WAIT;
        for _ in 1..TRIES {
            match self.once(Method::POST, "/v1/sessions", Some(&body)).await {
                Err(failure) if failure.status() == Some(StatusCode::TOO_MANY_REQUESTS) => {
                    tokio::time::sleep(wait).await
                }
                answer => return Ok(self.with_token(text(&answer?, "token"))),
            }
            wait *= 2;
        }
        let answer = self.once(Method::POST, "/v1/sessions", Some(&body)).await?;
        Ok(self.with_token(text(&answer, "token")))
    }

    /// Gets a path, again where that may help.
    ///
    /// # Errors
    /// If the edge refuses or stays away.
    pub async fn get(&self, path: &str) -> Result<Value, Failure> {
        self.persist(Method::GET, path, None).await
    }

    /// Posts to a path whose method the contract calls idempotent, again where that may help.
    ///
    /// # Errors
    /// If the edge refuses or stays away.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value, Failure> {
        self.persist(Method::POST, path, Some(body)).await
    }

    /// Gets the bytes at a path or an absolute address.
    ///
    /// # Errors
    /// If the edge refuses or stays away.
    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let mut wait = FIRST_WAIT;
        for _ in 1..TRIES {
            match self.bytes_once(path).await {
                Err(failure) if failure.is_passing() => tokio::time::sleep(wait).await,
                answer => return answer,
            }
            wait *= 2;
        }
        self.bytes_once(path).await
    }

    async fn bytes_once(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let response = self.send(Method::GET, path, self.request(Method::GET, path).timeout(TIMEOUT)).await?;
        let bytes = response.bytes().await.map_err(lost(&Method::GET, path))?;
        Ok(bytes.to_vec())
    }

    /// Uploads files in one request and returns what became of each, as the edge reports it. Uploading again is
    /// harmless, so it is done where that may help.
    ///
    /// # Errors
    /// If the edge refuses or stays away.
    pub async fn upload(&self, path: &str, files: &[File]) -> Result<Vec<Value>, Failure> {
        let mut wait = FIRST_WAIT;
        for _ in 1..TRIES {
            match self.upload_once(path, files).await {
                Err(failure) if failure.is_passing() => tokio::time::sleep(wait).await,
                answer => return answer,
            }
            wait *= 2;
        }
        self.upload_once(path, files).await
    }

    async fn upload_once(&self, path: &str, files: &[File]) -> Result<Vec<Value>, Failure> {
        let mut form = multipart::Form::new();
        for file in files {
            let part = multipart::Part::bytes(file.data.clone()).file_name(file.name.clone());
            let part = part.mime_str(&file.media_type).map_err(lost(&Method::POST, path))?;
            form = form.part("file", part);
        }
        let request = self.request(Method::POST, path).multipart(form).timeout(TIMEOUT);
        let response = self.send(Method::POST, path, request).await?;
        let outcomes: Vec<Value> = lines(path.to_owned(), response).try_collect().await?;
        if outcomes.len() == files.len() {
            return Ok(outcomes);
        }
        let what = format!("{} files were sent and {} reported", files.len(), outcomes.len());
        Err(Failure::Odd { path: path.to_owned(), what })
    }

    /// A server stream as JSON values, one a line.
    ///
    /// # Errors
    /// If the edge refuses; an error in the middle is an item of the stream.
    pub async fn stream(
        &self,
        path: &str,
    ) -> Result<impl Stream<Item = Result<Value, Failure>> + Send + use<>, Failure> {
        let request = self.request(Method::GET, path).header("accept", "application/x-ndjson");
        let response = self.send(Method::GET, path, request).await?;
        Ok(lines(path.to_owned(), response))
    }

    /// All items of a list, page by page.
    ///
    /// # Errors
    /// If the edge refuses or stays away.
    pub async fn pages(&self, path: &str, items: &str, page_size: usize) -> Result<Vec<Value>, Failure> {
        let mut all = Vec::new();
        let mut token = String::new();
        loop {
            let mut page = self.get(&format!("{path}?page_size={page_size}&page_token={token}")).await?;
            if let Some(Value::Array(more)) = page.get_mut(items).map(Value::take) {
                all.extend(more);
            }
            token = text(&page, "nextPageToken").to_owned();
            if token.is_empty() {
                return Ok(all);
            }
        }
    }

    async fn persist(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let mut wait = FIRST_WAIT;
        for _ in 1..TRIES {
            match self.once(method.clone(), path, body).await {
                Err(failure) if failure.is_passing() => tokio::time::sleep(wait).await,
                answer => return answer,
            }
            wait *= 2;
        }
        self.once(method, path, body).await
    }

    async fn once(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let mut request = self.request(method.clone(), path).timeout(TIMEOUT);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = self.send(method.clone(), path, request).await?;
        response.json().await.map_err(lost(&method, path))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        if path.starts_with("http") {
            // A signed address: the token is none of its business.
            return self.http.request(method, path);
        }
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn send(&self, method: Method, path: &str, request: RequestBuilder) -> Result<Response, Failure> {
        let response = request.send().await.map_err(lost(&method, path))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let body: Value = response.json().await.unwrap_or_default();
        let details = body["details"].as_array().cloned().unwrap_or_default();
        let reason = details.iter().find_map(|detail| detail["reason"].as_str()).unwrap_or_default().to_owned();
        let message = text(&body, "message").to_owned();
        Err(Failure::Refused { method, path: path.to_owned(), status, message, reason })
    }
}

fn lost(method: &Method, path: &str) -> impl FnOnce(reqwest::Error) -> Failure {
    let (method, path) = (method.clone(), path.to_owned());
    |source| Failure::Lost { method, path, source }
}

/// A field of text; empty where it is absent, as proto3's JSON leaves out what is empty.
#[must_use]
pub fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

/// A field with a whole number, which proto3's JSON writes as text where it has 64 bits; 0 where it is absent.
#[must_use]
pub fn number(value: &Value, field: &str) -> u64 {
    let field = &value[field];
    field.as_u64().or_else(|| field.as_str()?.parse().ok()).unwrap_or_default()
}

/// How long to wait before it is worth asking for images again, as a shortage says, within what people would.
#[must_use]
pub fn rest(shortage: &Value) -> Duration {
    let seconds = text(shortage, "retryAfter").trim_end_matches('s').parse().unwrap_or_default();
    Duration::try_from_secs_f64(seconds).unwrap_or_default().clamp(SHORTEST_REST, LONGEST_REST)
}

/// The lines of a response, each a JSON value; a line `{"error": ...}` ends a stream that broke.
fn lines(path: String, response: Response) -> impl Stream<Item = Result<Value, Failure>> + Send {
    let chunks = response.bytes_stream();
    async_stream::try_stream! {
        let mut chunks = std::pin::pin!(chunks);
        let mut rest = Vec::new();
        while let Some(chunk) = chunks.next().await {
            rest.extend_from_slice(&chunk.map_err(lost(&Method::GET, &path))?);
            while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = rest.drain(..=end).collect();
                if let Some(value) = parse(&path, &line)? {
                    yield value;
                }
            }
        }
        if let Some(value) = parse(&path, &rest)? {
            yield value;
        }
    }
}

fn parse(path: &str, line: &[u8]) -> Result<Option<Value>, Failure> {
    let line = line.trim_ascii();
    if line.is_empty() {
        return Ok(None);
    }
    let odd = |what: String| Failure::Odd { path: path.to_owned(), what };
    let value: Value = serde_json::from_slice(line).map_err(|error| odd(error.to_string()))?;
    // A refused file has an `error` beside its name; a broken stream has nothing else.
    match value.as_object() {
        Some(fields) if fields.len() == 1 && fields.contains_key("error") => {
            let (code, message) = (number(&value["error"], "code"), text(&value["error"], "message").to_owned());
            Err(Failure::Broken { path: path.to_owned(), code, message })
        }
        _ => Ok(Some(value)),
    }
}
