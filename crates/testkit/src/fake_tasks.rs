//! Stands in for tasks where a service under test asks for images.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use http::Uri;
use labelmesh_identity::{Principal, Verifier};
use labelmesh_ids::UserId;
use labelmesh_proto::tasks::v1::{
    FindImagesRequest, FindImagesResponse, ImageFile, find_images_request,
    task_service_server::{TaskService, TaskServiceServer},
};
use tonic::{Request, Response, Status, transport::Server};

use crate::{Identities, Serving};

/// A gRPC server that answers `FindImages`, and that to renditions alone. Stopped with the value.
#[derive(Debug)]
pub struct FakeTasks {
    serving: Serving,
    images: Arc<Images>,
}

#[derive(Debug)]
struct Images {
    files: Mutex<Vec<(String, ImageFile)>>,
    away: AtomicBool,
    verifier: Verifier,
}

impl FakeTasks {
    /// Has no images yet.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn start(identities: &Identities) -> Self {
        let verifier = identities.verifier("tasks", &["renditions"]);
        let images = Arc::new(Images { files: Mutex::default(), away: AtomicBool::new(false), verifier });
        let service = TaskServiceServer::new(Service(Arc::clone(&images)));
        Self { serving: Serving::start(Server::builder().add_service(service)).await, images }
    }

    /// Where it listens.
    #[must_use]
    pub fn uri(&self) -> Uri {
        self.serving.uri()
    }

    /// From now on this file is an image of a task of this user.
    ///
    /// # Panics
    /// If a test has panicked meanwhile.
    pub fn add(&self, owner: UserId, file: ImageFile) {
        self.images.files.lock().expect("no panic with the lock").push((owner.to_string(), file));
    }

    /// From now on it is unavailable, or is there again.
    pub fn set_away(&self, away: bool) {
        self.images.away.store(away, Ordering::SeqCst);
    }
}

struct Service(Arc<Images>);

#[tonic::async_trait]
impl TaskService for Service {
    async fn find_images(&self, request: Request<FindImagesRequest>) -> Result<Response<FindImagesResponse>, Status> {
        let token = request.metadata().get("authorization").and_then(|value| value.to_str().ok());
        let token = token.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        match self.0.verifier.verify(token).await {
            Ok(Principal::Service(name)) if name == "renditions" => {}
            other => return Err(Status::permission_denied(format!("{other:?}"))),
        }
        if self.0.away.load(Ordering::SeqCst) {
            return Err(Status::unavailable("away"));
        }
        let FindImagesRequest { tasks, sha256s } = request.into_inner();
        let reached = |owner: &String| match &tasks {
            Some(find_images_request::Tasks::OwnerId(asked)) => asked == owner,
            Some(find_images_request::Tasks::All(_)) => true,
            None => false,
        };
        let files = self.0.files.lock().expect("no panic with the lock");
        let found = files.iter().filter(|(owner, file)| reached(owner) && sha256s.contains(&file.sha256));
        Ok(Response::new(FindImagesResponse { files: found.map(|(_, file)| file.clone()).collect() }))
    }
}
