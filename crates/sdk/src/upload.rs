//! Files on their way to the server: multipart/form-data (RFC 7578), made while it is sent.

mod form;

use std::{fmt, io};

use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _, future::ready, stream};
use reqwest::{
    Body, RequestBuilder,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
};

use self::form::{Content, Field};
use crate::{Client, Error, tasks::UploadImagesResponse};

/// Files to send. Nothing of a file is read before the one before it is sent.
pub struct Upload {
    fields: Vec<Field>,
    places: Vec<u64>,
}

/// A file that is held in memory, so that it can be sent again.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name, by which the server reports what became of it.
    pub name: String,
    /// What it is, such as `image/png`.
    pub media_type: String,
    /// Its bytes.
    pub data: Bytes,
}

impl Upload {
    /// No files yet.
    #[must_use]
    pub fn new() -> Self {
        Self { fields: Vec::new(), places: Vec::new() }
    }

    /// The same with one file more, whose bytes come as they are read.
    #[must_use]
    pub fn stream(
        self,
        name: &str,
        media_type: &str,
        content: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    ) -> Self {
        self.field(name, media_type, content.boxed(), None)
    }

    /// The same with one file more.
    #[must_use]
    pub fn file(self, file: File) -> Self {
        let length = file.data.len() as u64;
        self.field(&file.name, &file.media_type, stream::once(ready(Ok(file.data))).boxed(), Some(length))
    }

    /// The same with places among the task's images for its first files, in their order: uploads at the same time make
    /// one order by them.
    #[must_use]
    pub fn placed(self, places: Vec<u64>) -> Self {
        Self { places, ..self }
    }

    fn field(mut self, name: &str, media_type: &str, content: Content, length: Option<u64>) -> Self {
        self.fields.push(Field::new(name, media_type, content, length));
        self
    }

    /// What it adds to the query.
    pub(crate) fn query(&self) -> Vec<(String, String)> {
        self.places.iter().map(|place| ("places".to_owned(), place.to_string())).collect()
    }

    /// The request with the files as its body. The boundary stands in no file.
    pub(crate) fn sent_with(self, request: RequestBuilder, boundary: &str) -> RequestBuilder {
        let request = request.header(CONTENT_TYPE, format!("multipart/form-data; boundary={boundary}"));
        let request = match form::length(&self.fields, boundary) {
            Some(length) => request.header(CONTENT_LENGTH, length),
            None => request,
        };
        request.body(Body::wrap_stream(form::body(self.fields, boundary.to_owned())))
    }
}

impl fmt::Debug for Upload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upload").field("files", &self.fields.len()).field("places", &self.places).finish()
    }
}

impl Default for Upload {
    fn default() -> Self {
        Self::new()
    }
}

impl FromIterator<File> for Upload {
    fn from_iter<I: IntoIterator<Item = File>>(files: I) -> Self {
        files.into_iter().fold(Self::new(), Self::file)
    }
}

impl Client {
    /// Uploads files that are held in memory, again where that may help, until the server has reported of each of
    /// them. Uploading the same bytes twice is harmless.
    ///
    /// # Errors
    /// If the server refuses the whole or stays away. What it refused of single files is in their answers.
    pub async fn upload_files(&self, task_id: &str, files: &[File]) -> Result<Vec<UploadImagesResponse>, Error> {
        self.retries
            .persist(true, || async {
                let answers = self.upload_images(task_id, files.iter().cloned().collect()).await?;
                let reported: Vec<UploadImagesResponse> = answers.try_collect().await?;
                if reported.len() == files.len() {
                    return Ok(reported);
                }
                let what = format!("{} files were sent and {} reported", files.len(), reported.len());
                Err(Error::odd(&format!("the upload to {task_id}"), what))
            })
            .await
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use http_body_util::Full;
    use labelmesh_multipart::{UploadBody, files};
    use proptest::prelude::*;
    use reqwest::header::HeaderMap;

    use super::*;

    /// The name under which the server hears of a file, and its content.
    fn heard(name: &str) -> (String, Bytes) {
        let content = stream::once(ready(Ok(Bytes::from_static(b"bytes")))).boxed();
        let field = Field::new(name, "image/png", content, None);
        let form = form::body(vec![field], "X".to_owned()).try_collect::<Vec<_>>().now_or_never();
        let form = form.expect("nothing waits").expect("bytes").concat();
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, "multipart/form-data; boundary=X".parse().expect("valid"));
        let body = UploadBody::new(tonic::body::Body::new(Full::new(Bytes::from(form))));
        let (parts, _) = files(&headers, None, body).expect("a form");
        let mut parts = parts.try_collect::<Vec<_>>().now_or_never().expect("nothing waits").expect("a whole form");
        assert_eq!((parts.len(), parts[0].media_type.as_str()), (1, "image/png"));
        let part = parts.remove(0);
        (part.name, part.data)
    }

    #[test]
    fn the_server_hears_the_very_name() {
        for name in [
            "100%.png",
            "a%22b.png",
            "a%0Ab.png",
            "quo\"te.png",
            "x\"; k=1.png",
            "x\\\"; filename=\"b.png",
            "back\\slash.png",
            "ends\\",
            "a; b=1.png",
            "a\r\nb: c.png",
            "=?utf-8?B?w5w=?=.png",
            "UTF-8''a.png",
            "\u{dc}bung \u{65e5}\u{672c}.png",
        ] {
            assert_eq!(heard(name), (name.to_owned(), Bytes::from_static(b"bytes")));
        }
    }

    /// Whatever may mean something in a header, among all else.
    const ANY: &str = "(\\PC|[\"\\\\%;=?'\r\n\t *-]|%22|filename=|=\\?utf-8\\?Q\\?){0,30}";

    proptest! {
        #[test]
        fn whatever_a_name_is_the_server_hears_it(name in ANY) {
            prop_assert_eq!(heard(&name).0, name);
        }
    }
}
