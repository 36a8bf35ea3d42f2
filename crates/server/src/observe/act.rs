//! The security log: who acted on what, by ids alone, whatever else is logged.

use std::{
    pin::Pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll},
};

use bytes::{Buf as _, Bytes, BytesMut};
use http::HeaderValue;
use http_body::{Frame, SizeHint};
use labelmesh_errors::{code_name, reason_of};
use labelmesh_identity::Network;
use labelmesh_proto::method::Method;
use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};
use tonic::{Code, Status, body::Body};

use crate::Lines;

/// The target of its lines, which the filter of the log lets pass in any case.
pub const SECURITY: &str = "security";
/// The flag and the length before a message of gRPC.
const PREFIX: usize = 5;
/// The longest text that is taken for an id.
const LONGEST_ID: usize = 64;
/// How many of a call's first bytes are looked at, in however many pieces they come: ids stand in front.
const LOOKED_AT: usize = 1024;

/// What is found out about a call on its way, for the security log.
#[derive(Debug, Clone, Default)]
pub struct Act(Arc<Found>);

#[derive(Debug, Default)]
struct Found {
    actor: OnceLock<String>,
    subject: OnceLock<String>,
}

impl Act {
    /// Says who acts ([`Principal::key`](labelmesh_identity::Principal::key)): whoever has signed in, or does so by the
    /// call. The first to say so is believed.
    pub fn by(&self, actor: String) {
        let _ = self.0.actor.set(actor);
    }

    /// Writes the line of a call that has ended.
    pub(super) fn log(&self, method: &str, request_id: &str, code: &str, error: &str) {
        let actor = self.0.actor.get().map_or("anonymous", String::as_str);
        let subject = self.0.subject.get().map(String::as_str);
        tracing::info!(
            target: SECURITY,
            {
                enduser.id = actor,
                rpc.method = method,
                act.on = subject,
                rpc.code = code,
                error.reason = error,
                request.id = request_id,
            },
            "act"
        );
    }
}

/// Writes the line of a call that nobody in particular was refused before a service heard of it: for whoever lets calls
/// in. There is one only for who may not call, and only while `lines` allow: what is refused may be tried without end.
pub fn log_refusal(
    lines: &Lines,
    network: Option<Network>,
    method: &Method,
    request_id: Option<&HeaderValue>,
    refusal: &Status,
) {
    if !is_refusal(refusal.code()) || !lines.allow(network) {
        return;
    }
    let request_id = request_id.and_then(|id| id.to_str().ok()).unwrap_or_default();
    let (name, reason) = (code_name(refusal.code()), reason_of(refusal).map(|reason| reason.wire_name()));
    Act::default().log(&method.path[1..], request_id, name, reason.unwrap_or(name));
}

/// Whether a code means that somebody tried what they may not.
pub(super) fn is_refusal(code: Code) -> bool {
    matches!(code, Code::Unauthenticated | Code::PermissionDenied)
}

pin_project_lite::pin_project! {
    /// A request or an answer of which the subject is read as it passes.
    pub(super) struct Read {
        #[pin]
        body: Body,
        act: Act,
        // Where it stands; none once it was found or can't be any more.
        path: Option<&'static [u32]>,
        // What has passed so far, up to what is looked at.
        head: BytesMut,
    }
}

impl Read {
    pub(super) fn new(body: Body, act: Act, path: &'static [u32]) -> Self {
        Self { body, act, path: Some(path), head: BytesMut::new() }
    }
}

impl http_body::Body for Read {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.project();
        let polled = this.body.poll_frame(cx);
        if let Poll::Ready(Some(Ok(frame))) = &polled
            && let Some(data) = frame.data_ref()
            && let Some(path) = *this.path
        {
            let room = LOOKED_AT - this.head.len();
            this.head.extend_from_slice(&data[..data.len().min(room)]);
            let found = id_of(this.head, path);
            if found.is_some() || this.head.len() == LOOKED_AT {
                *this.path = None;
                *this.head = BytesMut::new();
            }
            if let Some(id) = found {
                let _ = this.act.0.subject.set(id);
            }
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The id in the message that begins a stream, where it is among the first bytes and looks like one.
fn id_of(data: &[u8], path: &[u32]) -> Option<String> {
    if data.first() != Some(&0) {
        return None;
    }
    let id = field_of(data.get(PREFIX..)?, path)?;
    let is_plain = id.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    (is_plain && (1..=LONGEST_ID).contains(&id.len())).then(|| String::from_utf8_lossy(id).into_owned())
}

/// The bytes of the field to which a path leads.
fn field_of<'a>(mut message: &'a [u8], path: &[u32]) -> Option<&'a [u8]> {
    let (first, rest) = path.split_first()?;
    while message.has_remaining() {
        let (number, wire_type) = decode_key(&mut message).ok()?;
        if number == *first && wire_type == WireType::LengthDelimited {
            let length = decode_varint(&mut message).ok()?;
            let field = message.get(..usize::try_from(length).ok()?);
            // An id has to be whole; a message around it need not have come to its end.
            return if rest.is_empty() { field } else { field_of(field.unwrap_or(message), rest) };
        }
        skip_field(wire_type, number, &mut message, DecodeContext::default()).ok()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use futures::{TryStreamExt as _, stream};
    use http_body_util::{BodyExt as _, StreamBody};
    use labelmesh_proto::{
        auth::v1::{ApiKey, CreateApiKeyResponse},
        notify::v1::{CreateWebhookResponse, Webhook},
        users::v1::{BlockUserRequest, UpdateUserRequest},
    };
    use prost::Message;

    use super::*;

    fn framed(message: &impl Message) -> Vec<u8> {
        let payload = message.encode_to_vec();
        let length = u32::try_from(payload.len()).expect("short");
        [&[0][..], &length.to_be_bytes(), &payload].concat()
    }

    #[test]
    fn an_id_is_read_wherever_it_stands_and_nothing_that_is_none() {
        let block = BlockUserRequest { user_id: "0190-a1".into(), ..Default::default() };
        assert_eq!(id_of(&framed(&block), &[1]).as_deref(), Some("0190-a1"));
        let update = UpdateUserRequest { user_id: "0190-a1".into(), name: Some("Ada".into()), ..Default::default() };
        assert_eq!(id_of(&framed(&update), &[1]).as_deref(), Some("0190-a1"));
        let key = ApiKey { api_key_id: "0190-a1".into(), name: "ci".into(), ..Default::default() };
        let made = CreateApiKeyResponse { api_key: Some(key), secret: "lmk".into() };
        assert_eq!(id_of(&framed(&made), &[1, 1]).as_deref(), Some("0190-a1"));
        for odd in ["ada@example.com", "", "a\nb", &"x".repeat(65)] {
            let block = BlockUserRequest { user_id: odd.to_owned(), ..Default::default() };
            assert_eq!(id_of(&framed(&block), &[1]), None, "{odd}");
        }
    }

    #[test]
    fn what_is_cut_or_made_up_is_no_id() {
        let block = framed(&BlockUserRequest { user_id: "0190-a1".into(), ..Default::default() });
        for end in 0..block.len() {
            assert_eq!(id_of(&block[..end], &[1]), None, "{end}");
        }
        for byte in 0..=255 {
            let made_up = [vec![0; PREFIX], vec![byte; 40]].concat();
            assert!(id_of(&made_up, &[1]).is_none_or(|id| id.len() < 64));
        }
    }
    #[tokio::test]
    async fn an_id_is_read_in_however_many_pieces_it_comes() {
        let webhook = Webhook { webhook_id: "0190-a1".into(), url: "x".repeat(4 * LOOKED_AT), ..Default::default() };
        let made = framed(&CreateWebhookResponse { webhook: Some(webhook), secret: "whsec".into() });
        for size in [1, 2, PREFIX, LOOKED_AT - 1, made.len()] {
            let pieces: Vec<_> =
                made.chunks(size).map(|piece| Ok::<_, Status>(Bytes::copy_from_slice(piece))).collect();
            let act = Act::default();
            let body = StreamBody::new(stream::iter(pieces).map_ok(Frame::data));
            let read = Read::new(Body::new(body), act.clone(), &[1, 1]);
            let passed = read.collect().await.expect("no piece is an error").to_bytes();
            assert_eq!(passed, made, "{size}");
            assert_eq!(act.0.subject.get().map(String::as_str), Some("0190-a1"), "{size}");
        }
    }
}
