//! Connect: one try of a call, at one endpoint.
//!
//! hyper-util's client keeps one HTTP/2 connection to each endpoint and makes it when it is needed. An answer that is
//! one message is read to its end here, so that whoever may try again knows its status. A stream is passed on as it
//! comes.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version, header, response, uri};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{self, Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use labelmesh_deadline::{GRPC_TIMEOUT, write};
use tonic::{Code, Status, body::Body};
use tonic_types::StatusExt as _;
use tower::{BoxError, Service};

use crate::{
    call::{Answer, Ready},
    endpoint::Endpoint,
    payload::Payload,
    stream::Stream,
    whole::{LARGEST_ANSWER, Message, Unread, Whole},
};

/// A connection that is not there after this long will not be.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// A peer that does not answer a ping for `PING_TIMEOUT` is gone.
const PING_INTERVAL: Duration = Duration::from_secs(10);
const PING_TIMEOUT: Duration = Duration::from_secs(5);

/// How much of a stream may wait to be read, and how much of all streams of a connection together. The second is no
/// bound at all, for a stream whose reader is slow must not hold up every other call on its connection. With hyper's
/// adaptive window both are the same.
const STREAM_WINDOW: u32 = 128 * 1024;
const CONNECTION_WINDOW: u32 = (1 << 31) - 1;

/// A call, and where it goes.
pub(crate) struct Try {
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) call: Ready,
}

/// Why no answer came.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// Nothing was sent: harmless to send elsewhere.
    NotSent(BoxError),
    /// Its fate is unknown.
    Lost(BoxError),
    /// There may be an answer, and it is not taken: it is larger than is accepted, or the peer does not take the
    /// request as it is. This says nothing of how the peer is, since whoever made the request may have made it so.
    Untaken(BoxError),
    /// The request broke off on its way: whoever makes it has gone.
    Unmade(BoxError),
}

/// The innermost service. Clones share connections.
#[derive(Clone)]
pub(crate) struct Connect {
    peer: Arc<str>,
    http: Arc<Client<HttpConnector, Payload>>,
}

impl Connect {
    pub(crate) fn new(peer: Arc<str>) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_keepalive(Some(Duration::from_secs(30)));
        let http = Client::builder(TokioExecutor::new())
            .timer(TokioTimer::new())
            .http2_only(true)
            .http2_initial_stream_window_size(STREAM_WINDOW)
            .http2_initial_connection_window_size(CONNECTION_WINDOW)
            // What waits for a peer that takes nothing is memory of ours.
            .http2_max_send_buf_size(STREAM_WINDOW as usize)
            .http2_keep_alive_interval(PING_INTERVAL)
            .http2_keep_alive_timeout(PING_TIMEOUT)
            .http2_keep_alive_while_idle(true)
            // hyper would queue a call again behind a connection that can't be made; balance tries another endpoint.
            .retry_canceled_requests(false)
            .build(connector);
        Self { peer, http: Arc::new(http) }
    }
}

impl Service<Try> for Connect {
    type Response = Answer;
    type Error = NoAnswer;
    type Future = ResponseFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NoAnswer>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, Try { endpoint, call }: Try) -> ResponseFuture {
        let streams = call.head.method.streams_out;
        let answer = self.http.request(request(&endpoint, call));
        ResponseFuture { state: State::Sent { answer }, streams, peer: self.peer.clone(), endpoint }
    }
}

fn request(endpoint: &Endpoint, Ready { head, payload }: Ready) -> Request<Payload> {
    let mut target = uri::Parts::default();
    target.scheme = Some(endpoint.scheme().clone());
    target.authority = Some(endpoint.authority().clone());
    target.path_and_query = Some(uri::PathAndQuery::from_static(head.method.path));
    let mut request = Request::new(payload);
    *request.method_mut() = Method::POST;
    *request.version_mut() = Version::HTTP_2;
    *request.uri_mut() = Uri::from_parts(target).expect("all parts are there");
    let headers = request.headers_mut();
    headers.clone_from(&head.headers);
    headers.insert(header::TE, HeaderValue::from_static("trailers"));
    match head.deadline {
        Some(deadline) => headers.insert(GRPC_TIMEOUT, write(deadline.remaining())),
        None => headers.remove(GRPC_TIMEOUT),
    };
    request
}

pin_project_lite::pin_project! {
    /// The future of [`Connect`].
    pub(crate) struct ResponseFuture {
        #[pin]
        state: State,
        streams: bool,
        peer: Arc<str>,
        endpoint: Arc<Endpoint>,
    }
}

pin_project_lite::pin_project! {
    #[project = StateProjected]
    enum State {
        Sent { #[pin] answer: legacy::ResponseFuture },
        Reading { parts: Option<response::Parts>, #[pin] body: Whole<Incoming> },
    }
}

impl Future for ResponseFuture {
    type Output = Result<Answer, NoAnswer>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            let response = match this.state.as_mut().project() {
                StateProjected::Sent { answer } => {
                    ready!(answer.poll(cx)).map_err(|error| failed(this.endpoint, error))?
                }
                StateProjected::Reading { parts, body } => {
                    let message = ready!(body.poll(cx)).map_err(unread)?;
                    return Poll::Ready(whole(parts.take().expect("polled once to its end"), message));
                }
            };
            if *this.streams {
                return Poll::Ready(begun(response, this.peer));
            }
            let (parts, body) = response.into_parts();
            this.state.set(State::Reading { parts: Some(parts), body: Whole::of(body, LARGEST_ANSWER) });
        }
    }
}

/// An answer that has been read to its end.
fn whole(parts: response::Parts, message: Message) -> Result<Answer, NoAnswer> {
    // A status in the headers ends the answer with them.
    let ended = parts.headers.contains_key(Status::GRPC_STATUS);
    let status = if ended { Some(&parts.headers) } else { message.trailers() };
    let code = status.and_then(code);
    if code.is_none() && parts.status != StatusCode::OK {
        return Err(no_grpc(parts.status));
    }
    let retry_after = status.filter(|_| code == Some(Code::Unavailable)).and_then(retry_after);
    // Strict clients take a status that something follows, if only an empty frame, for none.
    let body = if ended { Body::empty() } else { Body::new(message) };
    Ok(Answer { response: Response::from_parts(parts, body), code: code.or(Some(Code::Unknown)), retry_after })
}

/// A stream that has begun, or that ended with its headers.
fn begun(response: Response<Incoming>, peer: &Arc<str>) -> Result<Answer, NoAnswer> {
    let code = code(response.headers());
    if code.is_none() && response.status() != StatusCode::OK {
        return Err(no_grpc(response.status()));
    }
    let retry_after = if code == Some(Code::Unavailable) { retry_after(response.headers()) } else { None };
    let response = response.map(|body| match code {
        Some(_) => Body::empty(),
        None => Body::new(Stream::of(Body::new(body), peer.clone())),
    });
    Ok(Answer { response, code, retry_after })
}

/// Read by itself, since a whole status costs copies that a call which went well has no use for.
fn code(headers: &HeaderMap) -> Option<Code> {
    headers.get(Status::GRPC_STATUS).map(|code| Code::from_bytes(code.as_bytes()))
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    Status::from_header_map(headers)?.get_details_retry_info()?.retry_delay
}

fn no_grpc(status: StatusCode) -> NoAnswer {
    let cause = format!("answered with HTTP status {status}").into();
    match status {
        StatusCode::BAD_REQUEST
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::URI_TOO_LONG
        | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => NoAnswer::Untaken(cause),
        _ => NoAnswer::Lost(cause),
    }
}

fn failed(endpoint: &Endpoint, error: legacy::Error) -> NoAnswer {
    let unsent = error.is_connect() || cause::<hyper::Error>(&error).is_some_and(hyper::Error::is_canceled);
    let kind = if unsent { NoAnswer::NotSent } else { kind(&error) };
    // Where the peer is stands in our log; the error may reach a stranger.
    kind(anyhow::Error::new(error).context(format!("at {}", endpoint.authority())).into())
}

fn unread(unread: Unread<hyper::Error>) -> NoAnswer {
    match unread {
        Unread::TooLarge => NoAnswer::Untaken("the answer is too large".into()),
        Unread::Broken(error) => kind(&error)(error.into()),
    }
}

/// What an error of the transport says. One of the whole connection, and a stream that the peer resets, are about the
/// peer. A stream that we reset is not: h2 does where the headers of an answer are larger than we take, hyper does
/// where the request breaks off.
fn kind(error: &(dyn std::error::Error + 'static)) -> fn(BoxError) -> NoAnswer {
    match cause::<h2::Error>(error) {
        Some(error) if error.is_reset() && error.is_library() => NoAnswer::Untaken,
        Some(error) if error.is_reset() && !error.is_remote() => NoAnswer::Unmade,
        _ => NoAnswer::Lost,
    }
}

/// The error of this type among an error and its causes.
fn cause<'a, E: std::error::Error + 'static>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a E> {
    std::iter::successors(Some(error), |error| error.source()).find_map(|error| error.downcast_ref())
}
