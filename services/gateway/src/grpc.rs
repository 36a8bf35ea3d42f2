//! gRPC and gRPC-Web, passed through as bytes.

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, Method as HttpMethod, Request, Response, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use labelmesh_errors::{Error, Reason};
use labelmesh_proto::method;
use prost::encoding::string;
use prost_reflect::DynamicMessage;
use tokio::time::timeout;
use tonic::{Status, body::Body};
use tower::ServiceExt as _;

use crate::{
    answer::roomy,
    app::App,
    call::Call,
    incoming::Incoming,
    lifeline::{Tied, TooSlow, lifeline},
    measure::Template,
    pace::{is_too_slow, too_slow},
};

/// The length of what leads each message: a flag for compression, and the length of the message.
const PREFIX: usize = 5;

/// The headers of a call that are passed on from the client.
const PASSED: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::TE,
    HeaderName::from_static("grpc-encoding"),
    HeaderName::from_static("grpc-accept-encoding"),
];

/// Answers a gRPC call: with what the service says, or why it was not asked.
pub(crate) async fn call(app: &App, request: Request<Body>) -> Response<Body> {
    let template = method::find(request.uri().path()).map(|method| Template(method.path.to_owned()));
    let mut response = pass(app, request).await.unwrap_or_else(Status::into_http);
    if let Some(template) = template {
        response.extensions_mut().insert(template);
    }
    response
}

async fn pass(app: &App, request: Request<Body>) -> Result<Response<Body>, Status> {
    // A method without a route is not for the outside; nobody is told that it exists either.
    let found =
        method::find(request.uri().path()).filter(|method| method.routed && request.method() == HttpMethod::POST);
    let Some(method) = found else {
        return Err(Error::new(Reason::MethodUnknown, "there is no such method").into());
    };
    let (parts, body) = request.into_parts();
    let call = Call::of(app, method, &parts).await?;
    let Incoming { body, slow, held } = Incoming::of(app, &call, body, 1).await?;
    let body = if method.streams_in { body } else { identified(app, method, body).await? };
    let mut upstream = Request::new(body);
    *upstream.method_mut() = HttpMethod::POST;
    *upstream.uri_mut() = http::Uri::from_static(method.path);
    *upstream.version_mut() = http::Version::HTTP_2;
    pass_headers(&parts.headers, upstream.headers_mut());
    call.tell(upstream.headers_mut());
    let hold = call.hold(&app.tokens);
    let mut slow: TooSlow = Box::pin(slow.told());
    let response = tokio::select! {
        biased;
        () = &mut slow => return Err(too_slow().into()),
        response = app.upstreams.channel(&call)?.oneshot(upstream) => {
            let Ok(response) = response;
            response
        }
    };
    drop(held);
    if !method.streams_in && !method.streams_out {
        return Ok(roomy(app, &call, response)?);
    }
    // An upload ends by itself; a stream that only listens does not.
    let lifeline = lifeline(hold, (!method.streams_in).then(|| app.draining.clone()), Some(slow));
    Ok(response.map(|body| Body::new(Tied::new(body, lifeline))))
}

fn pass_headers(from: &HeaderMap, to: &mut HeaderMap) {
    for name in PASSED {
        if let Some(value) = from.get(&name) {
            to.insert(name, value.clone());
        }
    }
}

/// Gives a request without a request id one, so that trying it again is harmless.
async fn identified(app: &App, method: &method::Method, body: Body) -> Result<Body, Status> {
    let Some(field) = app.transcoder.request_id(method.path) else { return Ok(body) };
    let limit = method.max_request_bytes + PREFIX;
    // A client that sends more slowly than the call may take would hold a permit for nothing.
    let collected = timeout(method.max_deadline, Limited::new(body, limit).collect()).await;
    let collected =
        collected.map_err(|_| Error::new(Reason::DeadlineExceeded, "the request did not arrive in time"))?;
    let bytes = collected.map_err(|error| incomplete(&error, method))?.to_bytes();
    let message = match bytes.get(..PREFIX) {
        // A compressed message is left alone: the services refuse it themselves.
        Some(prefix) if prefix[0] == 0 => bytes.slice(PREFIX..),
        _ => return Ok(Body::new(Full::new(bytes))),
    };
    let decoded = DynamicMessage::decode(field.parent_message().clone(), message.clone());
    if !decoded.is_ok_and(|message| !message.has_field(&field)) {
        return Ok(Body::new(Full::new(bytes)));
    }
    Ok(Body::new(Full::new(with_text(&message, field.number(), &app.new_id()))))
}

/// Why a request could not be read to its end.
fn incomplete(error: &axum::BoxError, method: &method::Method) -> Error {
    if is_too_slow(error.as_ref()) {
        return too_slow();
    }
    if error.is::<LengthLimitError>() {
        let message = format!("a request of at most {} bytes is accepted", method.max_request_bytes);
        return Error::new(Reason::RequestTooLarge, message);
    }
    Error::new(Reason::Malformed, "the request broke off")
}

/// A message with one more text field at its end, where the format allows any field to stand.
fn with_text(message: &Bytes, number: u32, text: &str) -> Bytes {
    let text = text.to_owned();
    let length = message.len() + string::encoded_len(number, &text);
    let mut framed = BytesMut::with_capacity(PREFIX + length);
    framed.put_u8(0);
    framed.put_u32(u32::try_from(length).expect("a request is smaller than 4 GiB"));
    framed.put_slice(message);
    string::encode(number, &text, &mut framed);
    framed.freeze()
}

#[cfg(test)]
mod tests {
    use labelmesh_proto::tasks::v1::CreateTaskRequest;
    use prost::Message as _;

    use super::*;

    #[test]
    fn a_request_id_is_added_and_nothing_else_changed() {
        let request = CreateTaskRequest { title: "digits".to_owned(), ..Default::default() };
        let framed = with_text(&request.encode_to_vec().into(), 5, "id");
        assert_eq!(framed[..PREFIX], [0, 0, 0, 0, u8::try_from(framed.len() - PREFIX).expect("short")]);
        let decoded = CreateTaskRequest::decode(&framed[PREFIX..]).expect("a message");
        assert_eq!(decoded, CreateTaskRequest { request_id: "id".to_owned(), ..request });
    }
}
