//! A part of a body whose length is known (RFC 9110, 14), for whoever goes on where a download broke.

use std::ops::RangeInclusive;

use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body::Frame;
use http_body_util::StreamBody;
use http_range_header::{EndPosition, StartPosition, parse_range_header};
use tonic::{Status, body::Body};

use super::status::Refused;

const UNIT: &str = "bytes=";

/// The whole of a body, or the one range that is asked for. Several ranges are answered with the whole, as a server
/// may, and so is a range of a state that the client names, since states have no names here.
///
/// # Errors
/// FIELD_INVALID, as 416, where no byte is in the range.
pub(super) fn answer(
    headers: &HeaderMap,
    length: u64,
    contents: impl Stream<Item = Result<Bytes, Status>> + Send + 'static,
) -> Result<Response<Body>, Refused> {
    let range = wanted(headers, length)?;
    let part = range.clone().unwrap_or(0..=length.saturating_sub(1));
    let contents = cut(contents, *part.start(), length.min(part.end() - part.start() + 1));
    let mut response = Response::new(Body::new(StreamBody::new(contents.map_ok(Frame::data))));
    let taken = range.as_ref().map_or(length, |range| range.end() - range.start() + 1);
    if let Some(range) = range {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let told = format!("bytes {}-{}/{length}", range.start(), range.end());
        response.headers_mut().insert(header::CONTENT_RANGE, HeaderValue::try_from(told).expect("digits"));
    }
    response.headers_mut().insert(header::CONTENT_LENGTH, taken.into());
    response.headers_mut().insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    Ok(response)
}

/// The range that is asked for; none where that is everything. What is no range is passed over, as the RFC has it.
fn wanted(headers: &HeaderMap, length: u64) -> Result<Option<RangeInclusive<u64>>, Refused> {
    let Some(range) = headers.get(header::RANGE).filter(|_| !headers.contains_key(header::IF_RANGE)) else {
        return Ok(None);
    };
    let range = range.to_str().unwrap_or_default();
    // The names of units have no case.
    let unit = range.get(..UNIT.len()).filter(|unit| unit.eq_ignore_ascii_case(UNIT));
    let ranges = unit.and_then(|_| parse_range_header(&format!("{UNIT}{}", &range[UNIT.len()..])).ok());
    let Some([range]) = ranges.as_ref().map(|ranges| ranges.ranges.as_slice()) else { return Ok(None) };
    let last = length.checked_sub(1).ok_or_else(|| Refused::range(length))?;
    match (range.start, range.end) {
        (StartPosition::FromLast(count), _) => Ok(Some(length.saturating_sub(count)..=last)),
        (StartPosition::Index(start), EndPosition::Index(end)) if end < start => Ok(None),
        (StartPosition::Index(start), _) if start > last => Err(Refused::range(length)),
        (StartPosition::Index(start), EndPosition::Index(end)) => Ok(Some(start..=end.min(last))),
        (StartPosition::Index(start), EndPosition::LastByte) => Ok(Some(start..=last)),
    }
}

/// So many bytes from a place on.
fn cut(
    contents: impl Stream<Item = Result<Bytes, Status>> + Send + 'static,
    from: u64,
    length: u64,
) -> impl Stream<Item = Result<Bytes, Status>> + Send + 'static {
    let mut skipped = from;
    let mut left = length;
    let pieces = contents.map_ok(move |mut piece| {
        let skip = piece.len().min(usize::try_from(skipped).unwrap_or(usize::MAX));
        skipped -= skip as u64;
        let mut piece = piece.split_off(skip);
        piece.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        left -= piece.len() as u64;
        (piece, left == 0)
    });
    // What comes behind the range is not waited for.
    let mut is_over = false;
    pieces
        .take_while(move |piece| {
            let takes = !is_over;
            is_over |= matches!(piece, Ok((_, true)));
            futures::future::ready(takes)
        })
        .map_ok(|(piece, _)| piece)
        .try_filter(|piece| futures::future::ready(!piece.is_empty()))
}

#[cfg(test)]
mod tests {
    use futures::stream;
    use http_body_util::BodyExt as _;

    use super::*;

    async fn asked(range: &str) -> (u16, String, Vec<u8>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, range.parse().expect("valid"));
        let pieces = ["abcd", "", "efgh", "ij"].map(|piece| Ok(Bytes::from_static(piece.as_bytes())));
        let response = match answer(&headers, 10, stream::iter(pieces)) {
            Ok(response) => response,
            Err(_) => return (416, String::new(), Vec::new()),
        };
        let status = response.status().as_u16();
        let told = response.headers().get(header::CONTENT_RANGE).map(|range| range.to_str().expect("text").to_owned());
        let body = response.into_body().collect().await.expect("whole").to_bytes();
        (status, told.unwrap_or_default(), body.to_vec())
    }

    #[tokio::test]
    async fn a_range_is_cut_out_and_what_is_none_is_passed_over() {
        for (range, status, told, body) in [
            ("bytes=0-2", 206, "bytes 0-2/10", "abc"),
            ("bytes=3-4", 206, "bytes 3-4/10", "de"),
            ("bytes=8-", 206, "bytes 8-9/10", "ij"),
            ("bytes=-3", 206, "bytes 7-9/10", "hij"),
            ("bytes=5-99", 206, "bytes 5-9/10", "fghij"),
            ("bytes=10-", 416, "", ""),
            ("bytes=0-1,4-5", 200, "", "abcdefghij"),
            ("cats=0-1", 200, "", "abcdefghij"),
            ("bytes=-99", 206, "bytes 0-9/10", "abcdefghij"),
            ("bytes=-0", 200, "", "abcdefghij"),
            ("bytes=5-3", 200, "", "abcdefghij"),
            ("BYTES=0-2", 206, "bytes 0-2/10", "abc"),
        ] {
            assert_eq!(asked(range).await, (status, told.to_owned(), body.as_bytes().to_vec()), "{range}");
        }
    }
}
