//! Bodies of uploads.

use std::convert::Infallible;

use bytes::Bytes;
use futures::{StreamExt as _, executor::block_on, stream};
use http::{HeaderMap, HeaderValue, header};
use http_body::Frame;
use http_body_util::StreamBody;
use labelmesh_multipart::{UploadBody, files};
use tonic::body::Body;

use crate::first_line;

/// No part of a file is larger.
const LARGEST_PART: usize = 64 << 10;

/// A line with the user agent; then a form whose boundary is `X`.
pub fn multipart(data: &[u8]) {
    let Some((agent, form)) = first_line(data) else { return };
    let Ok(agent) = HeaderValue::from_str(agent) else { return };
    let whole = read(&agent, form, form.len());
    for size in [1, 7] {
        assert_eq!(read(&agent, form, size), whole, "in pieces of {size}");
    }
}

/// Name, media type and bytes of each file, and whether it came whole.
type Files = Vec<(String, String, Vec<u8>, bool)>;

/// The files of a form that comes in pieces of so many bytes, and whether it came to its end.
fn read(agent: &HeaderValue, form: &[u8], size: usize) -> (Files, bool) {
    let pieces: Vec<_> = form.chunks(size.max(1)).map(Bytes::copy_from_slice).map(Frame::data).collect();
    let body = Body::new(StreamBody::new(stream::iter(pieces).map(Ok::<_, Infallible>)));
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("multipart/form-data; boundary=X"));
    headers.insert(header::USER_AGENT, agent.clone());
    let (mut parts, _) = files(&headers, None, UploadBody::new(body)).expect("it is a form");
    let mut files = Files::new();
    block_on(async {
        while let Some(part) = parts.next().await {
            let Ok(part) = part else { return (files, false) };
            assert!(part.data.len() <= LARGEST_PART);
            match files.last_mut().filter(|file| !file.3) {
                Some((.., bytes, is_whole)) => {
                    assert!(part.name.is_empty() && part.media_type.is_empty(), "only the first part says what it is");
                    bytes.extend(&part.data);
                    *is_whole = part.last;
                }
                None => files.push((part.name, part.media_type, part.data.to_vec(), part.last)),
            }
        }
        (files, true)
    })
}
