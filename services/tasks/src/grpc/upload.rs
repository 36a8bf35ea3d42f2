//! The stream of an upload, between the contract's messages and pieces of files.

use futures::{TryStreamExt as _, stream::BoxStream};
use labelmesh_errors::{Error, Result};
use labelmesh_identity::Reach;
use labelmesh_proto::tasks::v1::{UploadImagesRequest, UploadImagesResponse, UploadOutcome};
use labelmesh_server::files;
use tonic::{Status, Streaming};

use super::convert;
use crate::{
    app::{self, App, FileReport, Piece},
    domain::Outcome,
};

/// How many reports wait for a client that does not read them while it sends. One that sends more files than that
/// without reading stops itself.
const UNREAD_REPORTS: usize = 4_096;

/// Begins an upload and returns the stream of reports.
pub(super) async fn upload(
    app: App,
    reach: Reach,
    requests: Streaming<UploadImagesRequest>,
) -> Result<BoxStream<'static, Result<UploadImagesResponse, Status>>, Status> {
    let take = |request: UploadImagesRequest| (request.task_id, request.part);
    let (task_id, places, parts) = files::parts(requests, |first| first.places.clone(), take).await?;
    // Before the stream begins, so that a call that can't succeed fails as a whole.
    app::get_task(&app, reach, task_id).await?.check_draft()?;
    let pieces = parts.map_ok(|part| Piece { name: part.name, data: part.data, last: part.last });
    let work = |reports| async move { app::upload_images(&app, reach, task_id, &places, pieces, reports).await };
    Ok(files::reports(UNREAD_REPORTS, work, response))
}

fn response(report: FileReport) -> UploadImagesResponse {
    let response = UploadImagesResponse { name: report.name, index: report.index, ..UploadImagesResponse::default() };
    match report.outcome {
        Outcome::Added { image_id, notes } => UploadImagesResponse {
            outcome: UploadOutcome::Added.into(),
            image_id: image_id.to_string(),
            notes: convert::notes(&notes),
            ..response
        },
        Outcome::Present { image_id, first_name, notes } => UploadImagesResponse {
            outcome: UploadOutcome::Present.into(),
            image_id: image_id.to_string(),
            present_as: first_name,
            notes: convert::notes(&notes),
            ..response
        },
        Outcome::Refused(refusal) => UploadImagesResponse {
            outcome: UploadOutcome::Refused.into(),
            error: Some(Error::from(refusal).into()),
            ..response
        },
    }
}
