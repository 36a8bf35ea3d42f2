//! Connect: one try of a call, at one endpoint.
//!
//! The call is sent over the connection to the endpoint, which is made where there is none. An answer that is one
//! message is read to its end here, so that whoever may try again knows its status. A stream is passed on as it comes.

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt as _};
use h2::client::SendRequest;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Version, header, response};
use labelmesh_deadline::{GRPC_TIMEOUT, write};
use tonic::{Code, Status, body::Body};
use tonic_types::StatusExt as _;
use tower::{BoxError, Service};

use crate::{
    call::{Answer, Head, Ready, of_one_call},
    connection::Connector,
    endpoint::Endpoint,
    incoming::Incoming,
    payload::Payload,
    stream::Stream,
    whole::{LARGEST_ANSWER, Message, Unread, Whole},
};

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

/// The innermost service.
#[derive(Clone)]
pub(crate) struct Connect(Arc<Shared>);

/// What all calls to a peer share.
struct Shared {
    peer: Arc<str>,
    connector: Connector,
}

impl Connect {
    pub(crate) fn new(peer: Arc<str>) -> Self {
        Self(Arc::new(Shared { peer, connector: Connector::new() }))
    }
}

impl Service<Try> for Connect {
    type Response = Answer;
    type Error = NoAnswer;
    type Future = BoxFuture<'static, Result<Answer, NoAnswer>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NoAnswer>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, Try { endpoint, call }: Try) -> Self::Future {
        self.0.clone().answer(endpoint, call).boxed()
    }
}

impl Shared {
    async fn answer(self: Arc<Self>, endpoint: Arc<Endpoint>, call: Ready) -> Result<Answer, NoAnswer> {
        let streams = call.head.method.streams_out;
        let connected = self.connector.connection(&endpoint).await;
        let connection = connected.map_err(|error| NoAnswer::NotSent(at(&endpoint, error)))?;
        let response = send(connection, request(&endpoint, &call.head), call.payload).await;
        let response = response.map_err(|error| kind(&error)(at(&endpoint, error)))?;
        if streams {
            return begun(response, &self.peer);
        }
        let (parts, body) = response.into_parts();
        let message = Whole::of(body, LARGEST_ANSWER).await.map_err(unread)?;
        whole(parts, message)
    }
}

fn request(endpoint: &Endpoint, head: &Head) -> Request<()> {
    let mut request = Request::new(());
    *request.method_mut() = Method::POST;
    *request.version_mut() = Version::HTTP_2;
    *request.uri_mut() = endpoint.uri(head.method);
    let headers = request.headers_mut();
    headers.clone_from(&head.headers);
    headers.insert(header::TE, HeaderValue::from_static("trailers"));
    match head.deadline {
        Some(deadline) => headers.insert(GRPC_TIMEOUT, of_one_call(write(deadline.remaining()))),
        None => headers.remove(GRPC_TIMEOUT),
    };
    request
}

/// Sends a call, and waits for the beginning of its answer. Dropped before that, it takes the call back.
async fn send(
    mut connection: SendRequest<Bytes>,
    request: Request<()>,
    payload: Payload,
) -> Result<Response<Incoming>, h2::Error> {
    let (response, stream) = connection.send_request(request, payload.is_empty())?;
    drop(connection);
    let upload = payload.send(stream);
    let response = response.await?;
    // What is still to be sent goes on while the answer is read.
    if let Some(upload) = upload {
        upload.detach();
    }
    Ok(response.map(Incoming::of))
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

/// Where the peer is stands in our log; the error may reach a stranger.
fn at(endpoint: &Endpoint, error: impl std::error::Error + Send + Sync + 'static) -> BoxError {
    anyhow::Error::new(error).context(format!("at {}", endpoint.authority())).into()
}

fn unread(unread: Unread<h2::Error>) -> NoAnswer {
    match unread {
        Unread::TooLarge => NoAnswer::Untaken("the answer is too large".into()),
        Unread::Broken(error) => kind(&error)(error.into()),
    }
}

/// What an error of the transport says. One of the whole connection, and a stream that the peer resets, are about the
/// peer. A stream that we reset is not: h2 does where the headers of an answer are larger than we take, an upload does
/// where the request breaks off. A peer that goes names the last call that it takes, and by RFC 9113 (6.8) it has done
/// nothing about those after it; h2 gives them its farewell for an error.
fn kind(error: &h2::Error) -> fn(BoxError) -> NoAnswer {
    if error.is_go_away() && error.is_remote() {
        NoAnswer::NotSent
    } else if error.is_reset() && error.is_library() {
        NoAnswer::Untaken
    } else if error.is_reset() && !error.is_remote() {
        NoAnswer::Unmade
    } else {
        NoAnswer::Lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::connected;

    #[tokio::test(start_paused = true)]
    async fn a_call_that_a_leaving_peer_has_not_taken_was_not_sent() {
        let (sender, mut served) = connected().await;
        served.abrupt_shutdown(h2::Reason::NO_ERROR);
        let request = Request::post("http://tasks/call").body(()).expect("a request");
        let (answer, _) = tokio::join!(send(sender, request, Payload::Message(Message::default())), served.accept());
        let error = answer.err().expect("no answer");
        assert!(matches!(kind(&error)("it leaves".into()), NoAnswer::NotSent(_)), "{error}");
    }
}
