//! Makes calls: what all methods of the contract have in common.

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use reqwest::{RequestBuilder, Response, header};
use serde_json::Value;
use tokio::time::timeout;

use crate::{
    Client, Error, HttpMethod, Refusal, StreamForm, Upload,
    json::{self, Message},
    lines::{self, Answers},
    route::{Prepared, Route},
    scheme,
};

impl Client {
    /// Calls a path of the server in JSON: for what no typed method says, such as a method of a newer server. A path
    /// is repeated as `GET` and `PUT` are.
    ///
    /// # Errors
    /// As for every method of the contract.
    pub async fn json(&self, verb: HttpMethod, path: &str, body: Option<Value>) -> Result<Value, Error> {
        let repeatable = verb.is_idempotent();
        let prepared = Prepared { verb, path: path.to_owned(), query: Vec::new(), body, repeatable };
        self.whole(&prepared, |bytes| serde_json::from_slice(bytes)).await
    }

    /// A method that takes one message and answers with one.
    pub(crate) async fn unary<Q: Message, A: Message>(&self, route: &Route, request: &Q) -> Result<A, Error> {
        self.whole(&route.prepare(request, &self.random)?, json::from_slice).await
    }

    /// A method that answers with a stream of messages.
    pub(crate) async fn stream<Q, A>(&self, route: &Route, request: &Q) -> Result<Answers<A>, Error>
    where
        Q: Message,
        A: Message + 'static,
    {
        let prepared = route.prepare(request, &self.random)?;
        let response = self.retries.persist(prepared.repeatable, || self.accepted(&prepared)).await?;
        Ok(lines::messages(prepared.name(), response))
    }

    /// A method that answers with the bytes of a file.
    pub(crate) async fn bytes<Q: Message>(&self, route: &Route, request: &Q) -> Result<Answers<Bytes>, Error> {
        let prepared = route.prepare(request, &self.random)?;
        let response = self.retries.persist(prepared.repeatable, || self.accepted(&prepared)).await?;
        let call = prepared.name();
        Ok(response.bytes_stream().map_err(move |error| Error::lost(&call, error)).boxed())
    }

    /// A method that takes files, made once: what became of each comes back while they are under way.
    pub(crate) async fn upload<A>(&self, route: &Route, ids: &[&str], files: Upload) -> Result<Answers<A>, Error>
    where
        A: Message + 'static,
    {
        let mut ids = ids.iter();
        let path = route.path(|_| ids.next().map(|id| (*id).to_owned()));
        let (verb, query, body) = (route.verb.clone(), files.query(), None);
        let prepared = Prepared { verb, path, query, body, repeatable: route.is_repeatable() };
        let boundary = uuid::Builder::from_random_bytes(self.random.bytes()).into_uuid().simple().to_string();
        let request = files.sent_with(self.request(&prepared), &boundary);
        let response = self.judged(&prepared, self.sent(&prepared, request).await?).await?;
        Ok(lines::messages(prepared.name(), response))
    }

    /// Calls until there is a whole answer, and reads it.
    async fn whole<T>(
        &self,
        prepared: &Prepared,
        read: impl Fn(&[u8]) -> Result<T, serde_json::Error>,
    ) -> Result<T, Error> {
        let bytes = self.retries.persist(prepared.repeatable, || self.answer(prepared)).await?;
        read(&bytes).map_err(|error| Error::odd(&prepared.name(), error))
    }

    /// Calls once, and waits for the whole answer.
    pub(crate) async fn answer(&self, prepared: &Prepared) -> Result<Bytes, Error> {
        let answer = async {
            let response = self.accepted(prepared).await?;
            response.bytes().await.map_err(|error| Error::lost(&prepared.name(), error))
        };
        let silent = |_| Error::Silent { call: prepared.name(), patience: self.patience };
        timeout(self.patience, answer).await.map_err(silent)?
    }

    /// Calls once, until the server has accepted.
    async fn accepted(&self, prepared: &Prepared) -> Result<Response, Error> {
        let request = self.request(prepared);
        let request = match &prepared.body {
            Some(body) => request.json(body),
            None => request,
        };
        let silent = |_| Error::Silent { call: prepared.name(), patience: self.patience };
        let response = timeout(self.patience, self.sent(prepared, request)).await.map_err(silent)??;
        self.judged(prepared, response).await
    }

    fn request(&self, prepared: &Prepared) -> RequestBuilder {
        let accept = match self.streams {
            StreamForm::Lines => "application/json, application/x-ndjson, */*;q=0.5",
            StreamForm::Events => "application/json, text/event-stream, */*;q=0.5",
        };
        // An address outside of the server is a signed one: the token is none of its business.
        let (url, token) = match prepared.path.starts_with('/') {
            true => (format!("{}{}", self.server, prepared.path), self.token.as_ref()),
            false => (prepared.path.clone(), None),
        };
        let request = self.http.request(prepared.verb.clone(), url).header(header::ACCEPT, accept);
        let request = if prepared.query.is_empty() { request } else { request.query(&prepared.query) };
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    async fn sent(&self, prepared: &Prepared, request: RequestBuilder) -> Result<Response, Error> {
        let server = if prepared.path.starts_with('/') { &self.server } else { &prepared.path };
        request.send().await.map_err(|source| {
            scheme::mistaken(server, &source).unwrap_or_else(|| match source.is_connect() {
                true => Error::Unreachable { server: server.clone(), source },
                false => Error::lost(&prepared.name(), source),
            })
        })
    }

    /// The answer, unless it is a refusal.
    async fn judged(&self, prepared: &Prepared, response: Response) -> Result<Response, Error> {
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status().as_u16();
        let after =
            response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = response.bytes().await.unwrap_or_default();
        if let Some(error) = scheme::wants_tls(&self.server, status, &body) {
            return Err(error);
        }
        let refusal = Box::new(Refusal::of_answer(status, after.as_deref(), &body));
        Err(Error::Refused { call: prepared.name(), refusal })
    }
}
