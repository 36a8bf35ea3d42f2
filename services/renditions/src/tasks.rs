//! The tasks service, as renditions asks it: which files are images of somebody's tasks.

use std::collections::BTreeSet;

use labelmesh_client::{Peer, PeerService};
use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_identity::{Reach, ServiceSigner};
use labelmesh_proto::tasks::v1::{
    AllTasks, FindImagesRequest, ImageFile, find_images_request, task_service_client::TaskServiceClient,
};

use crate::domain::{Digest, Source};

/// How many files tasks is asked for at once.
const BATCH: usize = 500;

/// Asks tasks under the name of renditions. Clones share connections.
#[derive(Clone)]
pub(crate) struct Tasks(TaskServiceClient<PeerService>);

impl Tasks {
    pub(crate) fn new(tasks: &Peer, signer: &ServiceSigner) -> Self {
        Self(TaskServiceClient::new(tasks.as_service(signer)))
    }

    /// Those of these files that are images of tasks within the caller's reach.
    ///
    /// # Errors
    /// Unavailable if tasks can't answer, or refuses; internal if it answers nonsense.
    pub(crate) async fn images(&self, reach: Reach, digests: &BTreeSet<Digest>) -> Result<Vec<Source>> {
        let tasks = match reach {
            Reach::Own(owner) => find_images_request::Tasks::OwnerId(owner.to_string()),
            Reach::All => find_images_request::Tasks::All(AllTasks {}),
            Reach::Public => return Ok(Vec::new()),
        };
        let digests: Vec<String> = digests.iter().map(Digest::to_string).collect();
        let mut found = Vec::new();
        for batch in digests.chunks(BATCH) {
            let request = FindImagesRequest { tasks: Some(tasks.clone()), sha256s: batch.to_vec() };
            let answer = self.0.clone().find_images(request).await.map_err(Error::unavailable)?;
            let files = answer.into_inner().files.into_iter().map(source).collect::<Result<Vec<_>>>();
            found.extend(files.map_err(Error::internal)?);
        }
        Ok(found)
    }
}

fn source(file: ImageFile) -> Result<Source> {
    Ok(Source {
        digest: parse_field("sha256", &file.sha256)?,
        media_type: file.media_type,
        size_bytes: file.size_bytes,
        width: file.width,
        height: file.height,
    })
}
