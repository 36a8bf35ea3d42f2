//! Cuts files into parts that fit into memory, whatever the size of the files.

use bytes::{Bytes, BytesMut};
use futures::{Stream, StreamExt as _, stream::BoxStream};
use http::HeaderMap;
use labelmesh_proto::r#type::v1::Part;
use multer::{Field, Multipart};
use url::form_urlencoded;

use super::body::{Progress, Rationed, UploadBody};
use crate::{call::content_type, pace::is_too_slow, rest::status::Refused};

/// A part is sent when it has this size.
const ENOUGH: usize = 32 << 10;
/// No part is larger. It is small, since a client that stalls leaves a few of them in memory.
const LARGEST: usize = 64 << 10;

/// The parts of all files of an upload.
pub(super) type Parts = BoxStream<'static, Result<Part, Refused>>;

/// The parts of the files in a body, and the rest of the query. The body is `multipart/form-data`, or one file as it
/// is, whose name stands in the query.
pub(super) fn of(
    headers: &HeaderMap,
    query: Option<&str>,
    body: UploadBody,
) -> Result<(Parts, Option<String>), Refused> {
    let content_type = content_type(headers).unwrap_or_default();
    if let Ok(boundary) = multer::parse_boundary(content_type) {
        return Ok((multipart(body, boundary).boxed(), query.map(str::to_owned)));
    }
    let parameters = || form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let form = essence.starts_with("multipart/") || essence == "application/x-www-form-urlencoded";
    match parameters().find(|(name, _)| name == "name") {
        Some((_, name)) if !form => {
            let others = parameters().filter(|(name, _)| name != "name");
            let others = form_urlencoded::Serializer::new(String::new()).extend_pairs(others).finish();
            Ok((single(body, name.into_owned(), essence.to_owned()).boxed(), Some(others)))
        }
        _ => Err(Refused::media_type("multipart/form-data with a boundary, or that of one file named by ?name=")),
    }
}

fn multipart(body: UploadBody, boundary: String) -> impl Stream<Item = Result<Part, Refused>> {
    async_stream::try_stream! {
        let progress = Progress::default();
        let mut multipart = Multipart::new(Rationed::new(body, progress.clone()), boundary);
        while let Some(mut field) = multipart.next_field().await.map_err(malformed)? {
            progress.made();
            let (name, media_type) = describe(&field)?;
            let mut cutter = Cutter::new(name, media_type);
            while let Some(chunk) = field.chunk().await.map_err(malformed)? {
                progress.made();
                for part in cutter.add(chunk) {
                    yield part;
                }
            }
            yield cutter.last();
        }
    }
}

fn describe(field: &Field<'_>) -> Result<(String, String), Refused> {
    let Some(name) = field.file_name() else {
        let field = field.name().unwrap_or_default();
        return Err(Refused::malformed(format!("the form's field {field:?} is not a file: it has no file name")));
    };
    let media_type = field.content_type().map(|kind| kind.essence_str().to_owned()).unwrap_or_default();
    Ok((name.to_owned(), media_type))
}

fn malformed(error: multer::Error) -> Refused {
    match error {
        multer::Error::StreamReadFailed(cause) => match cause.downcast::<tonic::Status>() {
            Ok(status) if status.code() == tonic::Code::InvalidArgument => Refused::malformed(status.message()),
            Ok(status) => broke_off(&status),
            Err(_) => Refused::malformed("the upload broke off"),
        },
        other => Refused::malformed(format!("the multipart body is malformed: {other}")),
    }
}

fn broke_off(status: &tonic::Status) -> Refused {
    if is_too_slow(status) { Refused::too_slow() } else { Refused::malformed("the upload broke off") }
}

fn single(mut body: UploadBody, name: String, media_type: String) -> impl Stream<Item = Result<Part, Refused>> {
    async_stream::try_stream! {
        let mut cutter = Cutter::new(name, media_type);
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|status| broke_off(&status))?;
            for part in cutter.add(chunk) {
                yield part;
            }
        }
        yield cutter.last();
    }
}

/// Cuts one file into parts. Only the first says what file it is.
struct Cutter {
    name: String,
    media_type: String,
    pending: BytesMut,
}

impl Cutter {
    fn new(name: String, media_type: String) -> Self {
        Self { name, media_type, pending: BytesMut::new() }
    }

    /// The parts that are full. The rest of the bytes wait for the next chunk, so that the last part is never sent too
    /// early. Small chunks are copied together; a chunk that is enough for a part is passed on without a copy.
    fn add(&mut self, mut chunk: Bytes) -> Vec<Part> {
        let mut parts = Vec::new();
        if !self.pending.is_empty() {
            let missing = ENOUGH - self.pending.len();
            self.pending.extend_from_slice(&chunk.split_to(missing.min(chunk.len())));
            if self.pending.len() >= ENOUGH {
                parts.push(self.pending_part(false));
            }
        }
        while chunk.len() >= ENOUGH {
            let data = chunk.split_to(chunk.len().min(LARGEST));
            parts.push(self.part(data, false));
        }
        self.pending.extend_from_slice(&chunk);
        parts
    }

    fn last(mut self) -> Part {
        self.pending_part(true)
    }

    fn pending_part(&mut self, last: bool) -> Part {
        let data = std::mem::take(&mut self.pending).freeze();
        self.part(data, last)
    }

    fn part(&mut self, data: Bytes, last: bool) -> Part {
        let (name, media_type) = (std::mem::take(&mut self.name), std::mem::take(&mut self.media_type));
        Part { name, media_type, data, last }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_cut_into_parts_of_bounded_size_and_only_the_first_is_named() {
        let mut cutter = Cutter::new("a.png".to_owned(), "image/png".to_owned());
        let file: Vec<u8> = (0..700_000u32).map(|byte| byte as u8).collect();
        let mut parts: Vec<Part> =
            file.chunks(300_000).flat_map(|chunk| cutter.add(Bytes::copy_from_slice(chunk))).collect();
        parts.push(cutter.last());
        assert!(parts.iter().all(|part| part.data.len() <= LARGEST));
        assert_eq!(parts.iter().flat_map(|part| part.data.clone()).collect::<Vec<_>>(), file);
        assert_eq!(parts.iter().filter(|part| !part.name.is_empty()).count(), 1);
        assert_eq!((parts[0].name.as_str(), parts[0].media_type.as_str()), ("a.png", "image/png"));
        assert_eq!(parts.iter().filter(|part| part.last).count(), 1);
        assert!(parts[parts.len() - 1].last);
    }

    #[test]
    fn a_chunk_that_is_enough_for_a_part_is_not_copied() {
        let mut cutter = Cutter::new("a.png".to_owned(), String::new());
        let chunk = Bytes::from(vec![1; 2 * ENOUGH]);
        let parts = cutter.add(chunk.clone());
        assert!(matches!(&parts[..], [part] if part.data.as_ptr_range() == chunk.as_ptr_range()));
        // One of a few bytes waits for more, and takes no more than it needs from what comes.
        assert!(cutter.add(Bytes::from_static(b"few")).is_empty());
        let parts = cutter.add(chunk.clone());
        let sizes: Vec<usize> = parts.iter().map(|part| part.data.len()).collect();
        assert_eq!(sizes, [ENOUGH, ENOUGH + 3]);
        assert_eq!(parts[1].data.as_ptr_range().end, chunk.as_ptr_range().end);
    }

    #[test]
    fn an_empty_file_is_one_empty_part() {
        let part = Cutter::new("empty".to_owned(), String::new()).last();
        assert!(part.last && part.data.is_empty() && part.name == "empty");
    }
}
