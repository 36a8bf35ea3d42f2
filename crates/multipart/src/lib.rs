#![doc = include_str!("../README.md")]

mod body;
mod content_type;
mod cutter;
mod form;
mod head;
mod name;
mod parameters;
mod splitter;
mod words;

use futures::{Stream, StreamExt as _, stream::BoxStream};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use labelmesh_proto::r#type::v1::Part;
use tonic::Status;
use url::form_urlencoded;

use self::{cutter::Cutter, form::Form};

pub use self::body::UploadBody;

/// The parts of all files of an upload, in the order of the body.
pub type Parts = BoxStream<'static, Result<Part, BadUpload>>;

/// A body holds no files that can be read.
#[derive(Debug, thiserror::Error)]
pub enum BadUpload {
    /// It is neither a form nor one file with a name.
    #[error("the content type must be multipart/form-data with a boundary, or that of one file named by ?name=")]
    NoFiles,
    /// It is not a form as its content type says.
    #[error("{0}")]
    Malformed(String),
    /// It ended before its end.
    #[error("the upload broke off")]
    BrokeOff(Option<Status>),
}

/// The parts of the files in a body, and the rest of the query. The body is `multipart/form-data`, or one file as it
/// is, whose name stands in the query.
///
/// # Errors
/// [`BadUpload::NoFiles`]
pub fn files(headers: &HeaderMap, query: Option<&str>, body: UploadBody) -> Result<(Parts, Option<String>), BadUpload> {
    let kind = bytes(headers, &header::CONTENT_TYPE);
    if let Some(boundary) = content_type::boundary(kind) {
        let agent = String::from_utf8_lossy(bytes(headers, &header::USER_AGENT)).into_owned();
        return Ok((parts(Form::new(body, &boundary), agent).boxed(), query.map(str::to_owned)));
    }
    let parameters = || form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let essence = content_type::media_type(kind);
    let is_form = essence.starts_with("multipart/") || essence == "application/x-www-form-urlencoded";
    match parameters().find(|(name, _)| name == "name") {
        Some((_, name)) if !is_form => {
            let others = parameters().filter(|(name, _)| name != "name");
            let others = form_urlencoded::Serializer::new(String::new()).extend_pairs(others).finish();
            Ok((single(body, name::bounded(name.into_owned()), essence).boxed(), Some(others)))
        }
        _ => Err(BadUpload::NoFiles),
    }
}

fn bytes<'a>(headers: &'a HeaderMap, name: &HeaderName) -> &'a [u8] {
    headers.get(name).map(HeaderValue::as_bytes).unwrap_or_default()
}

fn parts(mut form: Form, agent: String) -> impl Stream<Item = Result<Part, BadUpload>> {
    async_stream::try_stream! {
        while let Some(head) = form.next().await? {
            let Some(name) = head.file_name(&agent) else { continue };
            let mut cutter = Cutter::new(name, head.media_type());
            while let Some(chunk) = form.content().await? {
                for part in cutter.add(chunk) {
                    yield part;
                }
            }
            yield cutter.last();
        }
    }
}

fn single(mut body: UploadBody, name: String, media_type: String) -> impl Stream<Item = Result<Part, BadUpload>> {
    async_stream::try_stream! {
        let mut cutter = Cutter::new(name, media_type);
        while let Some(chunk) = body.next().await {
            let chunk = chunk.map_err(|status| BadUpload::BrokeOff(Some(status)))?;
            for part in cutter.add(chunk) {
                yield part;
            }
        }
        yield cutter.last();
    }
}

#[cfg(test)]
mod tests;
