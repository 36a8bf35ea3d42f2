//! Uploads: files of a multipart body become pieces of a client stream, and what became of each file comes back as
//! one JSON object a line while the rest is still on its way.
//!
//! Nothing waits for a client to read: it may send everything before it reads the first result. What is kept for it
//! meanwhile is bounded by the number of results, never by the size of the files.

mod feed;
mod pieces;
mod results;
mod source;

use std::convert::Infallible;

use futures::{StreamExt as _, stream};
use http::{HeaderValue, Response, StatusCode, header, request::Parts};
use http_body::Frame;
use http_body_util::StreamBody;
use labelmesh_errors::{Error, Reason};
use labelmesh_transcode::{Body as Takes, Found, Route};
use prost::Message as _;
use prost_reflect::Kind;
use tokio::{sync::mpsc, time::timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::body::Body;

use self::{
    feed::{Envelope, Feed},
    results::Results,
    source::Source,
};
use super::{status::Refused, stream::error_line};
use crate::{call::Call, codec::BytesCodec, edge::Edge, lifeline::lifeline};

/// How many pieces may be under way between client and service.
const UNDER_WAY: usize = 2;
/// How many results may wait for the client to read them.
const WAITING_RESULTS: usize = 65_536;

pub(super) async fn call(
    edge: &std::sync::Arc<Edge>,
    call: &Call,
    found: &Found<'_>,
    parts: Parts,
    body: Body,
) -> Result<Response<Body>, Refused> {
    let number = part_field(found.route).filter(|_| call.method.streams_out).ok_or_else(|| {
        let error = Error::new(Reason::MethodUnknown, "this stream can be sent over gRPC alone");
        Refused::with(error, StatusCode::NOT_IMPLEMENTED)
    })?;
    let source = Source::new(body);
    let (mut pieces, query) = pieces::of(&parts.headers, parts.uri.query(), source.clone())?;
    let head = found.request(query.as_deref(), &[])?.encode_to_vec();
    // Nobody is asked before there is a file to ask about.
    let first = timeout(call.method.deadline, pieces.next()).await.map_err(|_| {
        let error = Error::new(Reason::DeadlineExceeded, "the body did not arrive in time");
        Refused::with(error, StatusCode::REQUEST_TIMEOUT)
    })?;
    let first = first.unwrap_or_else(|| Err(Refused::malformed("there is no file in the upload")))?;
    let (messages, outbound) = mpsc::channel(UNDER_WAY);
    let envelope = Envelope::new(number, head);
    let mut grpc = super::upstream(edge, call)?;
    let fed = Feed { pieces, source, messages, envelope }.start(first);
    let lifeline = lifeline(call.hold(&edge.tokens), None);
    let request = super::request(call, ReceiverStream::new(outbound));
    let answers = grpc.streaming(request, super::path(found), BytesCodec).await?.into_inner();
    let (lines, mut written) = mpsc::channel(WAITING_RESULTS);
    tokio::spawn(Results { route: found.route.clone(), answers, lifeline, lines, fed }.gather());
    // What comes first decides on the status of the answer: an opened stream may still be refused as a whole.
    let first = written.recv().await.transpose()?;
    let edge = edge.clone();
    let body = stream::iter(first.map(Ok)).chain(ReceiverStream::new(written)).map(move |line| {
        let line = line.unwrap_or_else(|refused| error_line(&refused.json(&edge.transcoder)).into());
        Ok::<_, Infallible>(Frame::data(line))
    });
    let mut response = Response::new(Body::new(StreamBody::new(body)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The number of the field that takes the pieces of files, where the route's body is one.
fn part_field(route: &Route) -> Option<u32> {
    let Takes::Field(field) = route.body() else { return None };
    match field.kind() {
        Kind::Message(message) if message.full_name() == "labelmesh.type.v1.Part" => Some(field.number()),
        _ => None,
    }
}
