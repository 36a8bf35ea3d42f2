//! Exports all results of a task as one file, which is written while it is read.

mod csv_file;
mod json_lines;

use bytes::Bytes;
use futures::Stream;
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_ids::{ImageId, TaskId};

use self::csv_file::Reader;
use super::{App, get_task};
use crate::{
    domain::{ImageResult, Task},
    store::{self, tasks::OwnTask},
};

/// How many images one query reads.
const PAGE: i64 = 500;
/// The size at which a piece of the file is sent.
const PIECE_BYTES: usize = 64 * 1024;

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Comma-separated values (RFC 4180) with a header line.
    Csv,
    /// One JSON object a line.
    JsonLines,
    /// CSV in which a spreadsheet finds no formula.
    Spreadsheet,
}

impl Format {
    /// The media type of the file.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Csv | Self::Spreadsheet => "text/csv; charset=utf-8; header=present",
            Self::JsonLines => "application/x-ndjson; charset=utf-8",
        }
    }

    fn head(self, task: &Task) -> Result<Vec<u8>> {
        match self {
            Self::Csv => csv_file::head(Reader::Program, task.draft.labels()),
            Self::Spreadsheet => csv_file::head(Reader::Spreadsheet, task.draft.labels()),
            Self::JsonLines => Ok(Vec::new()),
        }
    }

    fn line(self, task: &Task, result: &ImageResult) -> Result<Vec<u8>> {
        match self {
            Self::Csv => csv_file::line(Reader::Program, task.draft.labels(), result),
            Self::Spreadsheet => csv_file::line(Reader::Spreadsheet, task.draft.labels(), result),
            Self::JsonLines => json_lines::line(result),
        }
    }
}

/// The pieces of the file, in the order of the images' places; behind an image, without a head, where one is given.
/// Read page by page, each by a short query of its own: a task in work is exported as its pages are read, not as of one
/// moment.
///
/// # Errors
/// NOT_FOUND; INVALID_ARGUMENT for an image that the task has not; within the stream, unavailable if the database does
/// not answer.
pub(crate) async fn export_results(
    app: App,
    reach: Reach,
    id: TaskId,
    format: Format,
    after: Option<ImageId>,
) -> Result<impl Stream<Item = Result<Bytes>> + Send + use<>> {
    let task = get_task(&app, reach, id).await?;
    let (head, mut after) = match after {
        Some(image) => (Vec::new(), place(&app, &task, image).await?),
        None => (format.head(&task)?, 0),
    };
    Ok(async_stream::try_stream! {
        let mut piece = head;
        loop {
            let page = store::results::list(&mut *app.pool.acquire().await?, &task, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.position;
            for result in &page {
                piece.extend_from_slice(&format.line(&task, result)?);
                if piece.len() >= PIECE_BYTES {
                    yield Bytes::from(std::mem::take(&mut piece));
                }
            }
        }
        // Also where it is empty: whoever reads learns the media type from the first piece.
        yield Bytes::from(piece);
    })
}

/// Where the image stands that the export goes on behind.
async fn place(app: &App, task: &OwnTask, image: ImageId) -> Result<i64> {
    let position = store::images::position(&mut *app.pool.acquire().await?, task, image).await?;
    position.ok_or_else(|| Error::invalid("after_image_id", "must be an image of the task"))
}
