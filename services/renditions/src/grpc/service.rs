//! The RPCs.

use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _};
use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_identity::Principal;
use labelmesh_ids::{RequestId, UserId};
use labelmesh_proto::{
    body,
    google::api::HttpBody,
    renditions::v1::{
        CancelTransformationRequest, CreateTransformationRequest, CreateTransformationsRequest,
        CreateTransformationsResponse, ExportMyTransformationsRequest, GetRenditionRequest, GetTransformationRequest,
        ListTransformationsRequest, ListTransformationsResponse, RenditionRecord, Transformation,
        TransformationsProgress, UploadSourcesRequest, UploadSourcesResponse, WatchTransformationsRequest,
        rendition_service_server::RenditionService,
    },
};
use labelmesh_seal::PageRequest;
use labelmesh_server::{Caller, caller, files};
use tonic::{Request, Response, Status, Streaming, codegen::BoxStream};

use crate::app::{self, App};

/// How many reports wait for a client that does not read them while it sends.
const UNREAD_REPORTS: usize = 4_096;

/// The service as tonic calls it.
pub(crate) struct Renditions(pub(crate) App);

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl RenditionService for Renditions {
    async fn upload_sources(
        &self,
        request: Request<Streaming<UploadSourcesRequest>>,
    ) -> Answer<BoxStream<UploadSourcesResponse>> {
        let owner = user(&caller(&request)?)?;
        let parts = request.into_inner().map(|message| {
            let message = message.map_err(|status| Error::of_stream(&status))?;
            message.part.ok_or_else(|| Error::invalid("part", "is required"))
        });
        let app = self.0.clone();
        let work = move |reports| async move { app::upload_sources(&app, owner, parts, reports).await };
        Ok(Response::new(files::reports(UNREAD_REPORTS, work, UploadSourcesResponse::from)))
    }

    async fn create_transformation(&self, request: Request<CreateTransformationRequest>) -> Answer<Transformation> {
        let caller = caller(&request)?;
        let mut request = request.into_inner();
        let request_id = request_id(&std::mem::take(&mut request.request_id))?;
        let asking = request.try_into()?;
        let created = app::create_transformation(&self.0, user(&caller)?, caller.reach, request_id, asking).await?;
        Ok(Response::new(created.into()))
    }

    async fn create_transformations(
        &self,
        request: Request<CreateTransformationsRequest>,
    ) -> Answer<CreateTransformationsResponse> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let asked = request.items.into_iter().map(TryInto::try_into).collect();
        let request_id = request_id(&request.request_id)?;
        let created = app::create_batch(&self.0, user(&caller)?, caller.reach, request_id, asked).await?;
        Ok(Response::new(created.into()))
    }

    async fn get_transformation(&self, request: Request<GetTransformationRequest>) -> Answer<Transformation> {
        let reach = caller(&request)?.reach;
        let request = request.get_ref();
        let id = parse_field("transformation_id", &request.transformation_id)?;
        let found = match request.wait_seconds {
            0 => app::get_transformation(&self.0, reach, id).await?,
            seconds => {
                let patience = Duration::from_secs(seconds.into());
                app::wait_for_transformation(&self.0, reach, id, patience).await?
            }
        };
        Ok(Response::new(found.into()))
    }

    async fn list_transformations(
        &self,
        request: Request<ListTransformationsRequest>,
    ) -> Answer<ListTransformationsResponse> {
        let caller = caller(&request)?;
        let request = request.get_ref();
        let page = PageRequest { principal: &caller.principal, size: request.page_size, token: &request.page_token };
        let batch = Some(&request.batch_id).filter(|text| !text.is_empty());
        let batch = batch.map(|text| parse_field("batch_id", text)).transpose()?;
        let (found, next_page_token) = app::list_transformations(&self.0, caller.reach, batch, &page).await?;
        let transformations = found.into_iter().map(Transformation::from).collect();
        Ok(Response::new(ListTransformationsResponse { transformations, next_page_token }))
    }

    async fn watch_transformations(
        &self,
        request: Request<WatchTransformationsRequest>,
    ) -> Answer<BoxStream<TransformationsProgress>> {
        let reach = caller(&request)?.reach;
        let request = request.get_ref();
        let id = parse_field("batch_id", &request.batch_id)?;
        let states = app::watch_transformations(self.0.clone(), reach, id, request.after_version).await?;
        Ok(Response::new(states.map(|state| state.map(Into::into).map_err(Status::from)).boxed()))
    }

    async fn cancel_transformation(&self, request: Request<CancelTransformationRequest>) -> Answer<Transformation> {
        let reach = caller(&request)?.reach;
        let id = parse_field("transformation_id", &request.get_ref().transformation_id)?;
        Ok(Response::new(app::cancel_transformation(&self.0, reach, id).await?.into()))
    }

    async fn get_rendition(&self, request: Request<GetRenditionRequest>) -> Answer<BoxStream<HttpBody>> {
        let reach = caller(&request)?.reach;
        let GetRenditionRequest { transformation_id, index } = request.get_ref();
        let id = parse_field("transformation_id", transformation_id)?;
        let (rendition, object) = app::rendition(&self.0, reach, id, *index as usize).await?;
        let (content_type, length) = (rendition.media_type, rendition.size_bytes);
        let pieces = object.into_stream().map_err(Status::from);
        let bodies = pieces
            .map_ok(move |data| HttpBody { content_type: content_type.clone(), data, extensions: Vec::new() })
            .boxed();
        let mut response = Response::new(bodies);
        response.metadata_mut().insert(body::LENGTH, length.into());
        Ok(response)
    }

    async fn export_my_transformations(
        &self,
        request: Request<ExportMyTransformationsRequest>,
    ) -> Answer<BoxStream<RenditionRecord>> {
        let me = caller(&request)?.reach.owner().ok_or_else(|| Error::not_found("client"))?;
        let stored = app::export_transformations(&self.0, me);
        Ok(Response::new(stored.map(|datum| datum.map(RenditionRecord::from).map_err(Status::from)).boxed()))
    }
}

/// Who asks; the contract lets users alone call what makes something.
fn user(caller: &Caller) -> Result<UserId> {
    match &caller.principal {
        Principal::User(user) => Ok(user.user_id),
        Principal::Service(_) | Principal::Anonymous => Err(Error::not_found("user")),
    }
}

/// Without one, a repeat makes another.
fn request_id(text: &str) -> Result<Option<RequestId>> {
    Some(text).filter(|text| !text.is_empty()).map(|text| parse_field("request_id", text)).transpose()
}
