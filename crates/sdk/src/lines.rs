//! Streams of messages: one JSON object a line, or server-sent events.

use std::io;

use futures::{Stream, StreamExt as _, TryStreamExt as _, stream::BoxStream};
use reqwest::{Response, header};
use serde_json::Value;
use tokio_util::{
    codec::{FramedRead, LinesCodec, LinesCodecError},
    io::StreamReader,
};

use crate::{
    Error, Refusal,
    json::{self, Message},
};

/// What comes piece by piece. An error is the last item.
pub type Answers<T> = BoxStream<'static, Result<T, Error>>;

/// The longest line that is read.
const LONGEST: usize = 16 << 20;

/// The messages of an answer, as they come.
pub(crate) fn messages<T: Message + 'static>(call: String, response: Response) -> Answers<T> {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let as_events = kind.starts_with("text/event-stream");
    let bytes = StreamReader::new(response.bytes_stream().map_err(io::Error::other));
    let lines = FramedRead::new(bytes, LinesCodec::new_with_max_length(LONGEST));
    read(call, lines, as_events).boxed()
}

fn read<T: Message>(
    call: String,
    lines: impl Stream<Item = Result<String, LinesCodecError>>,
    as_events: bool,
) -> impl Stream<Item = Result<T, Error>> {
    async_stream::try_stream! {
        let mut lines = std::pin::pin!(lines);
        let mut event = Event::default();
        while let Some(line) = lines.next().await {
            let line = line.map_err(|error| broken(&call, error))?;
            let data = if as_events { event.line(&line) } else { Some(line) };
            if let Some(data) = data.filter(|data| !data.trim().is_empty()) {
                yield message(&call, &data)?;
            }
        }
    }
}

fn broken(call: &str, error: LinesCodecError) -> Error {
    match error {
        LinesCodecError::Io(error) if error.kind() == io::ErrorKind::InvalidData => Error::odd(call, error),
        LinesCodecError::Io(error) => Error::lost(call, error),
        LinesCodecError::MaxLineLengthExceeded => Error::odd(call, "a line is too long"),
    }
}

/// The message of a line. One with nothing but an error says how a stream broke off.
fn message<T: Message>(call: &str, line: &str) -> Result<T, Error> {
    let value: Value = serde_json::from_str(line).map_err(|error| Error::odd(call, error))?;
    match value.as_object() {
        Some(fields) if fields.len() == 1 && fields.contains_key("error") => {
            Err(Error::Broken { call: call.to_owned(), refusal: Box::new(Refusal::of_json(&value["error"])) })
        }
        _ => json::from_value(&value).map_err(|error| Error::odd(call, error)),
    }
}

/// An event (HTML, section 9.2) as its lines come. Ids are not kept: each message has its version in itself.
#[derive(Debug, Default)]
struct Event {
    is_error: bool,
    data: String,
}

impl Event {
    /// Takes a line, and gives the event's data when this line ends it; an error in the form that lines have.
    fn line(&mut self, line: &str) -> Option<String> {
        if line.is_empty() {
            let Self { is_error, data } = std::mem::take(self);
            return Some(if is_error { format!("{{\"error\":{data}}}") } else { data });
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => self.is_error = value == "error",
            "data" => self.data += value,
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use futures::stream;

    use super::*;
    use crate::tasks::TaskProgress;

    async fn versions(lines: &[&str], as_events: bool) -> (Vec<u64>, Option<Error>) {
        let lines = stream::iter(lines.iter().map(|line| Ok((*line).to_owned())).collect::<Vec<_>>());
        let mut messages = read::<TaskProgress>("GET /".to_owned(), lines, as_events).boxed();
        let mut versions = Vec::new();
        loop {
            match messages.next().await {
                Some(Ok(progress)) => versions.push(progress.version),
                Some(Err(error)) => return (versions, Some(error)),
                None => return (versions, None),
            }
        }
    }

    #[tokio::test]
    async fn a_stream_that_broke_ends_in_its_error() {
        let broken = r#"{"error":{"code":14,"message":"the server is stopping"}}"#;
        let (versions, error) = versions(&[r#"{"version":"1"}"#, " ", r#"{"version":"2"}"#, broken], false).await;
        assert_eq!(versions, [1, 2]);
        assert!(error.is_some_and(|error| matches!(error, Error::Broken { .. }) && error.is_passing()));
    }

    #[tokio::test]
    async fn events_are_read_like_lines() {
        let lines = ["id: 1", r#"data: {"version":"1"}"#, "", ": still here", "", "event: error"];
        let end = [r#"data: {"code":14,"message":"the server is stopping"}"#, ""];
        let (versions, error) = versions(&[lines.as_slice(), &end].concat(), true).await;
        assert_eq!(versions, [1]);
        assert!(error.is_some_and(|error| matches!(error, Error::Broken { .. })));
    }
}
