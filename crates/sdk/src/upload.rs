//! Files on their way to the server: multipart/form-data (RFC 7578), made while it is sent.

use std::io;

use bytes::Bytes;
use futures::{Stream, TryStreamExt as _};
use reqwest::{
    Body,
    header::{CONTENT_TYPE, HeaderMap},
    multipart::{Form, Part},
};

use crate::{Client, Error, tasks::UploadImagesResponse};

/// Files to send. Nothing of a file is read before the one before it is sent.
#[derive(Debug)]
pub struct Upload {
    form: Form,
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
        // Names stay as they are: the server reads UTF-8.
        Self { form: Form::new().percent_encode_noop(), places: Vec::new() }
    }

    /// The same with one file more, whose bytes come as they are read.
    #[must_use]
    pub fn stream(
        self,
        name: &str,
        media_type: &str,
        content: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
    ) -> Self {
        self.part(name, media_type, Part::stream(Body::wrap_stream(content)))
    }

    /// The same with one file more.
    #[must_use]
    pub fn file(self, file: File) -> Self {
        self.part(&file.name, &file.media_type, Part::stream(file.data))
    }

    /// The same with places among the task's images for its first files, in their order: uploads at the same time make
    /// one order by them.
    #[must_use]
    pub fn placed(self, places: Vec<u64>) -> Self {
        Self { places, ..self }
    }

    fn part(self, name: &str, media_type: &str, part: Part) -> Self {
        // A line break can't stand in a header.
        let part = part.file_name(name.replace(['\r', '\n'], " "));
        let mut headers = HeaderMap::new();
        if let Ok(media_type) = media_type.parse() {
            headers.insert(CONTENT_TYPE, media_type);
        }
        Self { form: self.form.part("file", part.headers(headers)), ..self }
    }

    /// What it adds to the query.
    pub(crate) fn query(&self) -> Vec<(String, String)> {
        self.places.iter().map(|place| ("places".to_owned(), place.to_string())).collect()
    }

    pub(crate) fn form(self) -> Form {
        self.form
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
