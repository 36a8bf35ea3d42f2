//! Answers that are bytes with a media type: images, exports.

use bytes::Bytes;
use futures::TryStreamExt as _;
use http::{HeaderValue, Response, Version, header, request::Parts};
use http_body::Frame;
use http_body_util::StreamBody;
use labelmesh_errors::Error;
use labelmesh_proto::google::api::HttpBody;
use labelmesh_transcode::Route;
use prost::Message as _;
use prost_reflect::DynamicMessage;
use tonic::{Status, Streaming, body::Body};

use super::{outgoing::Outgoing, range, status::Refused};
use crate::lifeline::Lifeline;

pub(super) async fn call(
    outgoing: &Outgoing<'_>,
    message: &DynamicMessage,
    head: &Parts,
) -> Result<Response<Body>, Refused> {
    // A download goes on while the gateway drains: unlike a stream that is watched, it ends by itself.
    let lifeline = outgoing.session_over();
    let (mut answers, length) = outgoing.body(message).await?;
    if length.is_none() && head.version < Version::HTTP_11 {
        return Err(Refused::version());
    }
    let first = match answers.message().await? {
        Some(bytes) => decode(bytes)?,
        None => HttpBody::default(),
    };
    let media_type = HeaderValue::try_from(first.content_type.as_str());
    let media_type = media_type.ok().filter(|kind| !kind.is_empty());
    let media_type = media_type.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let disposition = disposition(outgoing.found.route, &first.content_type, message);
    let contents = contents(first, answers, lifeline);
    let mut response = match length {
        Some(length) => range::answer(&head.headers, length, contents)?,
        None => Response::new(Body::new(StreamBody::new(contents.map_ok(Frame::data)))),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media_type);
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The bytes of the body stay where they are in those of the message.
fn decode(bytes: Bytes) -> Result<HttpBody, Status> {
    HttpBody::decode(bytes).map_err(|error| Error::internal(error).into())
}

/// The bytes of all messages. An error breaks the answer off: there is no other way to tell of it in mid-body.
fn contents(
    first: HttpBody,
    mut answers: Streaming<Bytes>,
    mut lifeline: Lifeline,
) -> impl futures::Stream<Item = Result<Bytes, Status>> + Send + 'static {
    async_stream::try_stream! {
        if !first.data.is_empty() {
            yield first.data;
        }
        loop {
            let answer = tokio::select! {
                answer = answers.message() => answer,
                status = &mut lifeline => Err(status),
            };
            let Some(bytes) = answer? else { break };
            let body = decode(bytes)?;
            if !body.data.is_empty() {
                yield body.data;
            }
        }
    }
}

/// Tells browsers to show images, and to save everything else under a name made of the route's last word and the first
/// id of the request.
fn disposition(route: &Route, media_type: &str, message: &DynamicMessage) -> HeaderValue {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if essence.starts_with("image/") {
        return HeaderValue::from_static("inline");
    }
    let word = route.template().rsplit(['/', ':']).next().unwrap_or_default();
    let word = if word.contains(['{', '*']) { "download" } else { word };
    let of = message.fields().find_map(|(_, value)| value.as_str().map(str::to_owned)).unwrap_or_default();
    let extension = match essence {
        "text/csv" => ".csv",
        "application/jsonl" | "application/x-ndjson" | "application/json-lines" => ".jsonl",
        "application/json" => ".json",
        "application/zip" => ".zip",
        _ => "",
    };
    let name: String = format!("{word}-{of}{extension}")
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || ".-_".contains(letter) { letter } else { '_' })
        .collect();
    HeaderValue::try_from(format!("attachment; filename=\"{name}\"")).unwrap_or(HeaderValue::from_static("attachment"))
}
