//! Uploads: files of a multipart body become parts of a client stream, and what became of each file comes back as one
//! JSON object a line while the rest is still on its way.
//!
//! Nothing waits for a client to read: it may send everything before it reads the first result. What is kept for it
//! meanwhile is bounded by the number of results, never by the size of the files.

mod forward;
mod results;

use std::convert::Infallible;

use futures::{StreamExt as _, stream};
use http::{HeaderValue, Response, StatusCode, header, request::Parts as Head};
use http_body::Frame;
use http_body_util::StreamBody;
use labelmesh_errors::{Error, Reason};
use labelmesh_multipart::{BadUpload, UploadBody, files};
use labelmesh_transcode::{Body as Takes, Route};
use prost::Message as _;
use prost_reflect::Kind;
use tokio::{sync::mpsc, time::timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::body::Body;

use self::{
    forward::{Envelope, Forward},
    results::Results,
};
use super::{outgoing::Outgoing, status::Refused, stream::error_line};
use crate::pace::is_too_slow;

/// How many parts may be under way between client and service.
const UNDER_WAY: usize = 2;
/// How many results may wait for the client to read them.
const WAITING_RESULTS: usize = 65_536;

pub(super) async fn call(outgoing: &Outgoing<'_>, head: Head, body: Body) -> Result<Response<Body>, Refused> {
    let (call, found) = (outgoing.call, outgoing.found);
    let number = part_field(found.route).filter(|_| call.method.streams_out).ok_or_else(|| {
        let error = Error::new(Reason::MethodUnknown, "this stream can be sent over gRPC alone");
        Refused::with(error, StatusCode::NOT_IMPLEMENTED)
    })?;
    let body = UploadBody::new(body);
    let (mut parts, query) = files(&head.headers, head.uri.query(), body.clone())?;
    let envelope = Envelope::new(number, found.request(query.as_deref(), &[])?.encode_to_vec());
    // The service is called once there is a file.
    let first = timeout(call.method.deadline, parts.next()).await.map_err(|_| {
        let error = Error::new(Reason::DeadlineExceeded, "the body did not arrive in time");
        Refused::with(error, StatusCode::REQUEST_TIMEOUT)
    })?;
    let first = first.ok_or_else(|| Refused::malformed("there is no file in the upload"))??;
    let (messages, outbound) = mpsc::channel(UNDER_WAY);
    let forwarded = Forward { parts, body, messages, envelope }.start(first);
    let lifeline = outgoing.session_over();
    let answers = outgoing.streaming(ReceiverStream::new(outbound)).await?;
    let (lines, mut written) = mpsc::channel(WAITING_RESULTS);
    tokio::spawn(Results { route: found.route.clone(), answers, lifeline, lines, forwarded }.gather());
    // The first result decides the status of the answer: a stream that was opened may still be refused as a whole.
    let first = written.recv().await.transpose()?;
    let app = outgoing.app.clone();
    let body = stream::iter(first.map(Ok)).chain(ReceiverStream::new(written)).map(move |line| {
        let line = line.unwrap_or_else(|refused| error_line(&refused.json(&app.transcoder)).into());
        Ok::<_, Infallible>(Frame::data(line))
    });
    let mut response = Response::new(Body::new(StreamBody::new(body)));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-ndjson; charset=utf-8"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

impl From<BadUpload> for Refused {
    fn from(bad: BadUpload) -> Self {
        match bad {
            BadUpload::NoFiles => {
                Self::media_type("multipart/form-data with a boundary, or that of one file named by ?name=")
            }
            BadUpload::BrokeOff(Some(status)) if is_too_slow(&status) => Self::too_slow(),
            other => Self::malformed(other.to_string()),
        }
    }
}

/// The number of the field that takes the parts of files, where the route's body is one.
fn part_field(route: &Route) -> Option<u32> {
    let Takes::Field(field) = route.body() else { return None };
    match field.kind() {
        Kind::Message(message) if message.full_name() == "labelmesh.type.v1.Part" => Some(field.number()),
        _ => None,
    }
}
