//! Many files in one request.

use indicatif::ProgressBar;
use labelmesh_sdk::{
    Client, Refusal, Upload,
    tasks::{UploadImagesResponse, UploadOutcome},
};

use super::summary::{Present, Refused, Summary};
use crate::{exit::Failure, images::File, sending};

/// Sends files to a task; says what became of each.
pub(super) async fn send(client: &Client, task: &str, files: Vec<File>, bar: &ProgressBar) -> Result<Summary, Failure> {
    let mut summary = Summary::default();
    let call = async |upload: Upload, files: &[File]| {
        let places = files.iter().map(|file| file.place).collect();
        client.upload_images(task, upload.placed(places)).await
    };
    sending::send(files, bar, call, |_, result: UploadImagesResponse| enter(&result, &mut summary)).await?;
    Ok(summary)
}

fn enter(result: &UploadImagesResponse, summary: &mut Summary) {
    match result.outcome() {
        UploadOutcome::Added => {
            summary.added += 1;
            summary.note(&result.name, result.notes().collect());
        }
        UploadOutcome::Present => {
            summary.present.push(Present { name: result.name.clone(), first_name: result.present_as.clone() });
            summary.note(&result.name, result.notes().collect());
        }
        _ => {
            let refusal = result.error.as_ref().map(Refusal::from).map(Failure::from);
            let (message, reason) = refusal.map_or_else(Default::default, |failure| (failure.message, failure.reason));
            summary.refused.push(Refused { name: result.name.clone(), reason, message });
        }
    }
}
