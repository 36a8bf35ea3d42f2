//! The stream of an upload, between the contract's messages and pieces of files.

use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_identity::Reach;
use labelmesh_ids::TaskId;
use labelmesh_proto::tasks::v1::{UploadImagesRequest, UploadImagesResponse, UploadOutcome};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;
use tonic::{Status, Streaming};
use tracing::Instrument as _;

use crate::{
    app::{self, App, FileReport, Piece},
    domain::Outcome,
};

/// How many reports wait for a client that does not read them while it sends. One that sends more files than that
/// without reading stops itself.
const UNREAD_REPORTS: usize = 4_096;

/// Begins an upload and returns the stream of reports. The work goes on while nobody reads, and ends when the stream
/// is dropped.
pub(super) async fn upload(
    app: App,
    reach: Reach,
    mut requests: Streaming<UploadImagesRequest>,
) -> Result<impl Stream<Item = Result<UploadImagesResponse, Status>> + Send + use<>, Status> {
    let Some(first) = requests.message().await? else {
        return Err(Error::invalid("task_id", "is required on the first message").into());
    };
    let task_id: TaskId = parse_field("task_id", &first.task_id)?;
    // Before the stream begins, so that a call that can't succeed fails as a whole.
    app::get_task(&app, reach, task_id).await?.check_draft()?;
    let pieces = stream::iter([Ok(first)]).chain(requests).map(move |request| piece(request, task_id)).boxed();
    let (sender, mut reports) = mpsc::channel(UNREAD_REPORTS);
    let work = async move { app::upload_images(&app, reach, task_id, pieces, sender).await };
    let work = AbortOnDropHandle::new(tokio::spawn(work.in_current_span()));
    Ok(async_stream::stream! {
        while let Some(report) = reports.recv().await {
            yield Ok(response(report));
        }
        // The channel is closed: the work is done, and may have failed.
        if let Err(error) = work.await.map_err(Error::internal).flatten() {
            yield Err(error.into());
        }
    })
}

fn piece(request: Result<UploadImagesRequest, Status>, task_id: TaskId) -> Result<Piece> {
    let request = request.map_err(|status| Error::of_stream(&status))?;
    if !request.task_id.is_empty() && request.task_id.parse() != Ok(task_id) {
        return Err(Error::invalid("task_id", "must be the same on all messages"));
    }
    let part = request.part.ok_or_else(|| Error::invalid("part", "is required"))?;
    Ok(Piece { name: part.name, media_type: part.media_type, data: Bytes::from(part.data), last: part.last })
}

fn response(report: FileReport) -> UploadImagesResponse {
    let response = UploadImagesResponse { name: report.name, index: report.index, ..UploadImagesResponse::default() };
    match report.outcome {
        Outcome::Added(image_id) => {
            UploadImagesResponse { outcome: UploadOutcome::Added.into(), image_id: image_id.to_string(), ..response }
        }
        Outcome::Present { image_id, first_name } => UploadImagesResponse {
            outcome: UploadOutcome::Present.into(),
            image_id: image_id.to_string(),
            present_as: first_name,
            ..response
        },
        Outcome::Refused(refusal) => UploadImagesResponse {
            outcome: UploadOutcome::Refused.into(),
            error: Some(Error::from(refusal).into()),
            ..response
        },
    }
}
