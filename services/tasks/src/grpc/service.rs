//! The RPCs.

use futures::{Stream, StreamExt as _, TryStreamExt as _};
use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_identity::{Principal, Reach};
use labelmesh_proto::{
    body,
    google::api::HttpBody,
    tasks::v1::{
        self, Audience, CancelTaskRequest, CreateTaskRequest, DeleteImageRequest, DeleteImageResponse,
        DeleteTaskRequest, DeleteTaskResponse, ExportFormat, ExportMyTasksRequest, ExportResultsRequest,
        FindImagesRequest, FindImagesResponse, FinishTaskRequest, GetImageRequest, GetMyAudienceRequest,
        GetMyUsageRequest, GetTaskRequest, ListImagesRequest, ListImagesResponse, ListResultsRequest,
        ListResultsResponse, ListTasksRequest, ListTasksResponse, SetGoldRequest, SetGoldResponse,
        SetMyAudienceRequest, SetTaskAudienceRequest, SubmitTaskRequest, Task, TaskProgress, TaskRecord,
        UpdateTaskRequest, UploadImagesRequest, UploadImagesResponse, Usage, WatchTaskRequest, find_images_request,
        task_service_server::TaskService,
    },
};
use labelmesh_seal::PageRequest;
use labelmesh_server::caller;
use tonic::{Request, Response, Status, Streaming, codegen::BoxStream};

use super::{convert, own_data, upload::upload};
use crate::app::{self, App, Format, ImageBytes, ImageSize};

/// The service as tonic calls it.
pub(crate) struct Tasks(pub(crate) App);

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl TaskService for Tasks {
    async fn create_task(&self, request: Request<CreateTaskRequest>) -> Answer<Task> {
        let caller = caller(&request)?;
        // The contract lets users alone call this.
        let Principal::User(owner) = &caller.principal else { return Err(Error::not_found("user").into()) };
        let request = request.into_inner();
        // Without one, a repeat makes another task.
        let request_id = Some(&request.request_id).filter(|text| !text.is_empty());
        let request_id = request_id.map(|text| parse_field("request_id", text)).transpose()?;
        let audience = request.audience.as_ref().map(convert::audience).transpose()?;
        let task = app::create_task(&self.0, owner, request_id, request.try_into()?, audience).await?;
        Ok(Response::new(task.into()))
    }

    async fn update_task(&self, request: Request<UpdateTaskRequest>) -> Answer<Task> {
        let reach = caller(&request)?.reach;
        let request = request.into_inner();
        let id = parse_field("task_id", &request.task_id)?;
        Ok(Response::new(app::update_task(&self.0, reach, id, &request.try_into()?).await?.into()))
    }

    async fn delete_image(&self, request: Request<DeleteImageRequest>) -> Answer<DeleteImageResponse> {
        let reach = caller(&request)?.reach;
        let request = request.get_ref();
        let (task, image) = (parse_field("task_id", &request.task_id)?, parse_field("image_id", &request.image_id)?);
        app::delete_image(&self.0, reach, task, image).await?;
        Ok(Response::new(DeleteImageResponse {}))
    }

    async fn get_task(&self, request: Request<GetTaskRequest>) -> Answer<Task> {
        let reach = caller(&request)?.reach;
        let task = app::get_task(&self.0, reach, parse_field("task_id", &request.get_ref().task_id)?).await?;
        Ok(Response::new(task.into_task().into()))
    }

    async fn list_tasks(&self, request: Request<ListTasksRequest>) -> Answer<ListTasksResponse> {
        let caller = caller(&request)?;
        let request = request.get_ref();
        let page = PageRequest { principal: &caller.principal, size: request.page_size, token: &request.page_token };
        let (tasks, next_page_token) = app::list_tasks(&self.0, caller.reach, &page).await?;
        Ok(Response::new(ListTasksResponse { tasks: into_all(tasks), next_page_token }))
    }

    async fn upload_images(
        &self,
        request: Request<Streaming<UploadImagesRequest>>,
    ) -> Answer<BoxStream<UploadImagesResponse>> {
        let reach = caller(&request)?.reach;
        Ok(Response::new(upload(self.0.clone(), reach, request.into_inner()).await?))
    }

    async fn list_images(&self, request: Request<ListImagesRequest>) -> Answer<ListImagesResponse> {
        let caller = caller(&request)?;
        let request = request.get_ref();
        let page = PageRequest { principal: &caller.principal, size: request.page_size, token: &request.page_token };
        let task_id = parse_field("task_id", &request.task_id)?;
        let (images, next_page_token) = app::list_images(&self.0, caller.reach, task_id, &page).await?;
        Ok(Response::new(ListImagesResponse { images: into_all(images), next_page_token }))
    }

    async fn get_image(&self, request: Request<GetImageRequest>) -> Answer<BoxStream<HttpBody>> {
        let reach = caller(&request)?.reach;
        let request = request.get_ref();
        let (task, image) = (parse_field("task_id", &request.task_id)?, parse_field("image_id", &request.image_id)?);
        let size = match request.size() {
            v1::ImageSize::Unspecified | v1::ImageSize::Original => ImageSize::Original,
            v1::ImageSize::Operator => ImageSize::Operator,
            v1::ImageSize::Thumbnail => ImageSize::Thumbnail,
        };
        let ImageBytes { media_type, size, pieces } = app::get_image(&self.0, reach, task, image, size).await?;
        let piece = move |data| HttpBody { content_type: media_type.clone(), data, extensions: Vec::new() };
        let mut response = Response::new(pieces.map_ok(piece).map_err(Status::from).boxed());
        if let Some(size) = size {
            response.metadata_mut().insert(body::LENGTH, size.into());
        }
        Ok(response)
    }

    async fn set_gold(&self, request: Request<SetGoldRequest>) -> Answer<SetGoldResponse> {
        let reach = caller(&request)?.reach;
        let request = request.into_inner();
        let gold =
            request.gold.into_iter().enumerate().map(|(index, image)| {
                Ok((parse_field(format!("gold[{index}].image_id"), &image.image_id)?, image.label))
            });
        let gold = gold.collect::<Result<Vec<_>>>()?;
        let gold = app::set_gold(&self.0, reach, parse_field("task_id", &request.task_id)?, gold).await?;
        Ok(Response::new(SetGoldResponse { gold }))
    }

    async fn set_task_audience(&self, request: Request<SetTaskAudienceRequest>) -> Answer<Task> {
        let reach = caller(&request)?.reach;
        let request = request.get_ref();
        let audience = convert::audience(request.audience.as_ref().unwrap_or(&Audience::default()))?;
        let task_id = parse_field("task_id", &request.task_id)?;
        Ok(Response::new(app::set_task_audience(&self.0, reach, task_id, &audience).await?.into()))
    }

    async fn get_my_audience(&self, request: Request<GetMyAudienceRequest>) -> Answer<Audience> {
        let reach = caller(&request)?.reach;
        Ok(Response::new(app::my_audience(&self.0, reach).await?.into()))
    }

    async fn set_my_audience(&self, request: Request<SetMyAudienceRequest>) -> Answer<Audience> {
        let reach = caller(&request)?.reach;
        let audience = convert::audience(request.get_ref().audience.as_ref().unwrap_or(&Audience::default()))?;
        Ok(Response::new(app::set_my_audience(&self.0, reach, audience).await?.into()))
    }

    async fn submit_task(&self, request: Request<SubmitTaskRequest>) -> Answer<Task> {
        let reach = caller(&request)?.reach;
        let task = app::submit_task(&self.0, reach, parse_field("task_id", &request.get_ref().task_id)?).await?;
        Ok(Response::new(task.into()))
    }

    async fn finish_task(&self, request: Request<FinishTaskRequest>) -> Answer<Task> {
        let reach = caller(&request)?.reach;
        let task = app::finish_task(&self.0, reach, parse_field("task_id", &request.get_ref().task_id)?).await?;
        Ok(Response::new(task.into()))
    }

    async fn cancel_task(&self, request: Request<CancelTaskRequest>) -> Answer<Task> {
        let reach = caller(&request)?.reach;
        let task = app::cancel_task(&self.0, reach, parse_field("task_id", &request.get_ref().task_id)?).await?;
        Ok(Response::new(task.into()))
    }

    async fn delete_task(&self, request: Request<DeleteTaskRequest>) -> Answer<DeleteTaskResponse> {
        let reach = caller(&request)?.reach;
        app::delete_task(&self.0, reach, parse_field("task_id", &request.get_ref().task_id)?).await?;
        Ok(Response::new(DeleteTaskResponse {}))
    }

    async fn get_my_usage(&self, request: Request<GetMyUsageRequest>) -> Answer<Usage> {
        let usage = app::my_usage(&self.0, caller(&request)?.reach).await?;
        Ok(Response::new(convert::usage(usage, self.0.quotas)))
    }

    async fn watch_task(&self, request: Request<WatchTaskRequest>) -> Answer<BoxStream<TaskProgress>> {
        let reach = caller(&request)?.reach;
        let request = request.get_ref();
        let id = parse_field("task_id", &request.task_id)?;
        let states = app::watch_task(self.0.clone(), reach, id, request.after_version).await?;
        Ok(Response::new(answers(states)))
    }

    async fn list_results(&self, request: Request<ListResultsRequest>) -> Answer<ListResultsResponse> {
        let caller = caller(&request)?;
        let request = request.get_ref();
        let page = PageRequest { principal: &caller.principal, size: request.page_size, token: &request.page_token };
        let task_id = parse_field("task_id", &request.task_id)?;
        let contested = request.contested_only;
        let (results, next_page_token) = app::list_results(&self.0, caller.reach, task_id, contested, &page).await?;
        Ok(Response::new(ListResultsResponse { results: into_all(results), next_page_token }))
    }

    async fn export_results(&self, request: Request<ExportResultsRequest>) -> Answer<BoxStream<HttpBody>> {
        let reach = caller(&request)?.reach;
        let id = parse_field("task_id", &request.get_ref().task_id)?;
        let format = match request.get_ref().format() {
            ExportFormat::Unspecified | ExportFormat::Csv => Format::Csv,
            ExportFormat::JsonLines => Format::JsonLines,
            ExportFormat::Spreadsheet => Format::Spreadsheet,
        };
        let after = &request.get_ref().after_image_id;
        let after = if after.is_empty() { None } else { Some(parse_field("after_image_id", after)?) };
        let pieces = app::export_results(self.0.clone(), reach, id, format, after).await?;
        let content_type = format.media_type();
        let bodies = pieces.map(move |piece| {
            Ok(HttpBody { content_type: content_type.to_owned(), data: piece?, extensions: Vec::new() })
        });
        Ok(Response::new(bodies.boxed()))
    }

    async fn export_my_tasks(&self, request: Request<ExportMyTasksRequest>) -> Answer<BoxStream<TaskRecord>> {
        let me = caller(&request)?.reach.owner().ok_or_else(|| Error::not_found("client"))?;
        let quotas = self.0.quotas;
        let stored = app::export_tasks(&self.0, me);
        let records = stored.map(move |datum| datum.map(|datum| own_data::record(datum, quotas)).map_err(Status::from));
        Ok(Response::new(records.boxed()))
    }

    async fn find_images(&self, request: Request<FindImagesRequest>) -> Answer<FindImagesResponse> {
        let request = request.get_ref();
        // The contract lets a service alone call this, which says how far the user reaches whom it asks for.
        let reach = match &request.tasks {
            Some(find_images_request::Tasks::OwnerId(owner)) => Reach::Own(parse_field("owner_id", owner)?),
            Some(find_images_request::Tasks::All(_)) => Reach::All,
            None => Reach::Public,
        };
        let hashes = request.sha256s.iter().enumerate();
        let hashes = hashes.map(|(index, text)| parse_field(format!("sha256s[{index}]"), text));
        let files = app::find_images(&self.0, reach, &hashes.collect::<Result<Vec<_>>>()?).await?;
        Ok(Response::new(FindImagesResponse { files: into_all(files) }))
    }
}

fn into_all<T, U: From<T>>(values: Vec<T>) -> Vec<U> {
    values.into_iter().map(U::from).collect()
}

fn answers<T, U: From<T>>(values: impl Stream<Item = Result<T>> + Send + 'static) -> BoxStream<U> {
    values.map(|value| value.map(U::from).map_err(Status::from)).boxed()
}
