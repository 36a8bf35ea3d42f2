//! gRPC-Web in all forms that its specification allows: `tonic-web` reads one of each.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::{Bytes, BytesMut};
use futures::Stream;
use http::{HeaderMap, HeaderValue, Request, header};
use http_body::Frame;
use http_body_util::{BodyDataStream, StreamBody};
use tokio_stream::StreamExt as _;
use tonic::{Status, body::Body};

const BINARY: HeaderValue = HeaderValue::from_static("application/grpc-web+proto");
const TEXT: HeaderValue = HeaderValue::from_static("application/grpc-web-text+proto");

/// The request in the form that is understood: its media types in lower case, and its body as bytes.
pub(crate) fn understood(request: Request<Body>) -> Request<Body> {
    let (mut head, body) = request.into_parts();
    let is_text = is_text(head.headers.get(header::CONTENT_TYPE));
    let accept = head.headers.get(header::ACCEPT);
    let wants_text = if names_web(accept) { is_text_named(accept) } else { is_text };
    set(&mut head.headers, wants_text);
    let body = if is_text { Body::new(StreamBody::new(decoded(body))) } else { body };
    Request::from_parts(head, body)
}

fn set(headers: &mut HeaderMap, wants_text: bool) {
    headers.insert(header::CONTENT_TYPE, BINARY);
    headers.insert(header::ACCEPT, if wants_text { TEXT } else { BINARY });
    // It is that of the text.
    headers.remove(header::CONTENT_LENGTH);
}

fn is_text(media_type: Option<&HeaderValue>) -> bool {
    lower(media_type).starts_with("application/grpc-web-text")
}

fn names_web(accept: Option<&HeaderValue>) -> bool {
    lower(accept).contains("application/grpc-web")
}

fn is_text_named(accept: Option<&HeaderValue>) -> bool {
    lower(accept).contains("application/grpc-web-text")
}

fn lower(value: Option<&HeaderValue>) -> String {
    value.and_then(|value| value.to_str().ok()).unwrap_or_default().to_ascii_lowercase()
}

/// The bytes of a text in base64 that comes in pieces, each with a padding of its own.
fn decoded(body: Body) -> impl Stream<Item = Result<Frame<Bytes>, Status>> {
    async_stream::try_stream! {
        let mut body = BodyDataStream::new(body);
        let mut text = BytesMut::new();
        while let Some(piece) = body.next().await {
            text.extend_from_slice(&piece?);
            let whole = text.len() / 4 * 4;
            yield Frame::data(bytes(&text.split_to(whole))?);
        }
        if !text.is_empty() {
            Err(broken())?;
        }
    }
}

/// The bytes of groups of four characters, any of which may be padded.
fn bytes(text: &[u8]) -> Result<Bytes, Status> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.iter().position(|&byte| byte == b'=').map_or(rest.len(), |at| at / 4 * 4 + 4);
        let (piece, behind) = rest.split_at_checked(end).ok_or_else(broken)?;
        STANDARD.decode_vec(piece, &mut bytes).map_err(|_| broken())?;
        rest = behind;
    }
    Ok(bytes.into())
}

fn broken() -> Status {
    Status::invalid_argument("the body is not base64")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_may_be_padded_anywhere() {
        for (text, expected) in [("", ""), ("YQ==", "a"), ("YQ==YmM=ZGVm", "abcdef"), ("YWJjZGVm", "abcdef")] {
            assert_eq!(bytes(text.as_bytes()).expect("base64"), expected, "{text}");
        }
        for broken in ["YQ=a", "Y===", "\u{e9}YQ", "a b="] {
            assert!(bytes(broken.as_bytes()).is_err(), "{broken}");
        }
    }
}
