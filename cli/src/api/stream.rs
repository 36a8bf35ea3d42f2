//! Answers of one JSON value a line.

use bytes::BytesMut;
use futures::Stream;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde_json::Value;

use super::refusal::{lost, odd};
use crate::exit::Failure;

/// The values as they come. A line with nothing but an error says how a stream broke, and is its last item.
pub(super) fn lines(mut body: Incoming) -> impl Stream<Item = Result<Value, Failure>> + Send {
    async_stream::try_stream! {
        let mut pending = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|error| lost(&error))?.into_data() else { continue };
            pending.extend_from_slice(&data);
            while let Some(end) = pending.iter().position(|byte| *byte == b'\n') {
                if let Some(value) = parse(&pending.split_to(end + 1))? {
                    yield value;
                }
            }
        }
        if let Some(value) = parse(&pending)? {
            yield value;
        }
    }
}

fn parse(line: &[u8]) -> Result<Option<Value>, Failure> {
    let line = line.trim_ascii();
    if line.is_empty() {
        return Ok(None);
    }
    let value: Value = serde_json::from_slice(line).map_err(|error| odd(&error.to_string()))?;
    match value.as_object() {
        Some(fields) if fields.len() == 1 && fields.contains_key("error") => Err(super::status(&value["error"])),
        _ => Ok(Some(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Exit;

    #[test]
    fn a_stream_that_broke_ends_in_its_error() {
        assert_eq!(parse(b" \n"), Ok(None));
        let refused = br#"{"name":"a","error":{"code":3}}"#;
        assert!(parse(refused).is_ok_and(|value| value.is_some()), "a refused file is no broken stream");
        let broken = br#"{"error":{"code":14,"message":"the server is stopping"}}"#;
        assert_eq!(parse(broken).map_err(|failure| failure.exit), Err(Exit::Unavailable));
    }
}
