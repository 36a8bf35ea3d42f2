//! REST requests.

use std::sync::LazyLock;

use http::Method;
use labelmesh_proto::DESCRIPTORS;
use labelmesh_transcode::{Transcoder, from_json, to_json};
use prost::Message as _;
use prost_reflect::{DynamicMessage, ReflectMessage as _};

use crate::first_line;

static TRANSCODER: LazyLock<Transcoder> =
    LazyLock::new(|| Transcoder::new(DESCRIPTORS).expect("the contract is checked by its tests"));

/// A line with method, path and query, as in HTTP; then the body.
pub fn transcoding(data: &[u8]) {
    let Some((line, body)) = first_line(data) else { return };
    let Some((method, target)) = line.split_once(' ') else { return };
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    let Ok(method) = Method::from_bytes(method.as_bytes()) else { return };
    if let Ok(found) = TRANSCODER.find(&method, path)
        && let Ok(message) = found.request(query, body)
    {
        is_one_message(&message);
    }
}

/// A line with the path of a GET request; then the query.
pub fn query(data: &[u8]) {
    let Some((path, query)) = first_line(data) else { return };
    let Ok(query) = str::from_utf8(query) else { return };
    if let Ok(found) = TRANSCODER.find(&Method::GET, path)
        && let Ok(message) = found.request(Some(query), &[])
    {
        is_one_message(&message);
    }
}

/// A line with the full name of a message; then the message as JSON.
pub fn json(data: &[u8]) {
    let Some((name, text)) = first_line(data) else { return };
    let Some(descriptor) = TRANSCODER.pool().get_message_by_name(name) else { return };
    if let Ok(message) = from_json(&descriptor, text) {
        is_one_message(&message);
    }
}

/// That a message is the same in all forms that it has.
fn is_one_message(message: &DynamicMessage) {
    let encoded = message.encode_to_vec();
    let decoded = DynamicMessage::decode(message.descriptor(), &*encoded).expect("what was encoded can be decoded");
    // By their bytes: a number may be none, which is not equal to itself.
    assert_eq!(in_order(decoded.encode_to_vec()), in_order(encoded), "{message:?}");
    // The mapping has no form for some values: times out of range, paths of a mask with odd names.
    let Ok(text) = to_json(message) else { return };
    let again = from_json(&message.descriptor(), text.as_bytes()).unwrap_or_else(|error| panic!("{error:?}: {text}"));
    assert_eq!(in_order(again.encode_to_vec()), in_order(message.encode_to_vec()), "{text}");
    assert_eq!(value(&to_json(&again).expect("it had a form")), value(&text));
}

/// The bytes from the least to the greatest: the entries of a map are encoded in any order, also within an `Any`.
fn in_order(mut encoded: Vec<u8>) -> Vec<u8> {
    encoded.sort_unstable();
    encoded
}

fn value(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("it is JSON")
}
