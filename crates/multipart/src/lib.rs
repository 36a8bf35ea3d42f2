#![doc = include_str!("../README.md")]

mod body;
mod cutter;
mod name;

use futures::{Stream, StreamExt as _, stream::BoxStream};
use http::{HeaderMap, HeaderName, header};
use labelmesh_proto::r#type::v1::Part;
use multer::{Field, Multipart};
use tonic::{Code, Status};
use url::form_urlencoded;

use self::{
    body::{Progress, Rationed},
    cutter::Cutter,
};

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
    let content_type = text(headers, &header::CONTENT_TYPE).unwrap_or_default();
    if let Ok(boundary) = multer::parse_boundary(content_type) {
        let agent = text(headers, &header::USER_AGENT).unwrap_or_default().to_owned();
        return Ok((form(body, boundary, agent).boxed(), query.map(str::to_owned)));
    }
    let parameters = || form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_form = essence.starts_with("multipart/") || essence == "application/x-www-form-urlencoded";
    match parameters().find(|(name, _)| name == "name") {
        Some((_, name)) if !is_form => {
            let others = parameters().filter(|(name, _)| name != "name");
            let others = form_urlencoded::Serializer::new(String::new()).extend_pairs(others).finish();
            Ok((single(body, name.into_owned(), essence).boxed(), Some(others)))
        }
        _ => Err(BadUpload::NoFiles),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn form(body: UploadBody, boundary: String, agent: String) -> impl Stream<Item = Result<Part, BadUpload>> {
    async_stream::try_stream! {
        let progress = Progress::default();
        let mut form = Multipart::new(Rationed::new(body, progress.clone()), boundary);
        while let Some(mut field) = form.next_field().await.map_err(malformed)? {
            let Some(name) = file_name(&field, &agent) else {
                // What belongs to no file is bounded: it is no progress.
                while field.chunk().await.map_err(malformed)?.is_some() {}
                continue;
            };
            progress.made();
            let media_type = field.content_type().map(|kind| kind.essence_str().to_owned()).unwrap_or_default();
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

fn file_name(field: &Field<'_>, agent: &str) -> Option<String> {
    name::of(field.headers().get(header::CONTENT_DISPOSITION)?.as_bytes(), agent)
}

fn malformed(error: multer::Error) -> BadUpload {
    match error {
        multer::Error::StreamReadFailed(cause) => match cause.downcast::<Status>() {
            Ok(status) if status.code() == Code::InvalidArgument => BadUpload::Malformed(status.message().to_owned()),
            Ok(status) => BadUpload::BrokeOff(Some(*status)),
            Err(_) => BadUpload::BrokeOff(None),
        },
        other => BadUpload::Malformed(format!("the multipart body is malformed: {other}")),
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
