//! A stream of messages as server-sent events, or as one JSON object a line.

use std::{convert::Infallible, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{StreamExt as _, stream::Peekable};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::StreamBody;
use labelmesh_errors::Error;
use labelmesh_transcode::{Route, to_json};
use prost_reflect::{DynamicMessage, Value};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tonic::{Status, Streaming, body::Body};

use super::{outgoing::Outgoing, status::Refused};
use crate::{app::App, call::is_essence, lifeline::Lifeline};

/// The silence after which a comment is sent, so that proxies keep the connection and we learn that the client is gone.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How long a stream may be silent before its client is told that it has begun: a client that has seen everything is
/// not kept waiting for news.
const PATIENCE: Duration = Duration::from_secs(1);

/// How answers are written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Events,
    Lines,
}

impl Form {
    fn of(headers: &HeaderMap) -> Self {
        let accepts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let events = accepts.flat_map(|value| value.split(',')).any(|kind| is_essence(kind, "text/event-stream"));
        if events { Self::Events } else { Self::Lines }
    }

    fn media_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Events => "text/event-stream",
            Self::Lines => "application/x-ndjson; charset=utf-8",
        })
    }

    fn item(self, route: &Route, json: &str, message: &DynamicMessage) -> String {
        let id = route.resumption().and_then(|resumption| message.get_field(&resumption.seen).as_u64());
        match (self, id) {
            (Self::Lines, _) => format!("{json}\n"),
            (Self::Events, Some(id)) => format!("id: {id}\ndata: {json}\n\n"),
            (Self::Events, None) => format!("data: {json}\n\n"),
        }
    }

    fn error(self, json: &str) -> String {
        match self {
            Self::Events => format!("event: error\ndata: {json}\n\n"),
            Self::Lines => error_line(json),
        }
    }
}

/// The last line of a stream that did not end well.
pub(super) fn error_line(json: &str) -> String {
    format!("{{\"error\":{json}}}\n")
}

pub(super) async fn call(
    outgoing: &Outgoing<'_>,
    mut message: DynamicMessage,
    headers: &HeaderMap,
) -> Result<Response<Body>, Refused> {
    let form = Form::of(headers);
    if form == Form::Events {
        resume(outgoing.found.route, headers, &mut message)?;
    }
    let mut lifeline = outgoing.session_over_or_draining();
    let mut answers = outgoing.server_streaming(&message).await?.peekable();
    // The first message decides the status of the answer: a stream that was opened may still be refused as a whole.
    tokio::select! {
        first = timeout(PATIENCE, Pin::new(&mut answers).peek()) => match first {
            Ok(Some(Err(status))) => return Err(status.clone().into()),
            // Whoever has seen all events is told not to come again (WHATWG HTML, 9.2.3): an empty answer would be
            // taken for a break.
            Ok(None) if form == Form::Events => return Ok(no_more()),
            _ => {}
        },
        status = &mut lifeline => return Err(status.into()),
    }
    let text = written(outgoing.app.clone(), form, outgoing.found.route.clone(), answers, lifeline);
    let mut response = Response::new(Body::new(StreamBody::new(text)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, form.media_type());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Asks nginx not to hold the stream back.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn no_more() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// Resumes after what the client saw last: its header is newer than its address.
fn resume(route: &Route, headers: &HeaderMap, message: &mut DynamicMessage) -> Result<(), Refused> {
    let (Some(resumption), Some(seen)) = (route.resumption(), headers.get("last-event-id")) else { return Ok(()) };
    let seen = seen.to_str().ok().and_then(|seen| seen.parse().ok());
    let seen = seen.ok_or_else(|| Error::invalid("Last-Event-ID", "must be the id of an event of this stream"))?;
    message.set_field(&resumption.after, Value::U64(seen));
    Ok(())
}

fn written(
    app: Arc<App>,
    form: Form,
    route: Route,
    mut answers: Peekable<Streaming<Bytes>>,
    mut lifeline: Lifeline,
) -> impl futures::Stream<Item = Result<Frame<Bytes>, Infallible>> {
    async_stream::stream! {
        let mut silence = interval(KEEP_ALIVE);
        silence.set_missed_tick_behavior(MissedTickBehavior::Delay);
        silence.reset();
        let end = loop {
            tokio::select! {
                answer = answers.next() => match answer.transpose().map(|answer| answer.map(|bytes| item(form, &route, &bytes))) {
                    Ok(Some(Ok(text))) => {
                        silence.reset();
                        yield Ok(Frame::data(text.into()));
                    }
                    Ok(None) => break None,
                    Ok(Some(Err(status))) | Err(status) => break Some(status),
                },
                status = &mut lifeline => break Some(status),
                _ = silence.tick(), if form == Form::Events => yield Ok(Frame::data(Bytes::from_static(b": still here\n\n"))),
            }
        };
        if let Some(status) = end {
            let json = Refused::from(status).json(&app.transcoder);
            yield Ok(Frame::data(form.error(&json).into()));
        }
    }
}

fn item(form: Form, route: &Route, answer: &[u8]) -> Result<String, Status> {
    let message = route.decode_answer(answer).map_err(Error::internal)?;
    let json = to_json(&message).map_err(Error::internal)?;
    Ok(form.item(route, &json, &message))
}
