//! Calls over the wire, by somebody.

use std::collections::HashMap;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use labelmesh_errors::{Reason, reason_of};
use labelmesh_ids::UserId;
use labelmesh_proto::{
    body,
    google::api::HttpBody,
    tasks::v1::{
        Audience, CancelTaskRequest, CreateTaskRequest, DeleteImageRequest, DeleteTaskRequest, ExportMyTasksRequest,
        ExportResultsRequest, FindImagesRequest, FinishTaskRequest, GetImageRequest, GetMyAudienceRequest,
        GetMyUsageRequest, GetTaskRequest, GoldImage, ImageFile, ImageSize, ListImagesRequest, ListImagesResponse,
        ListResultsRequest, ListResultsResponse, ListTasksRequest, ListTasksResponse, Policy, SetGoldRequest,
        SetMyAudienceRequest, SetTaskAudienceRequest, SubmitTaskRequest, Task, TaskProgress, TaskRecord,
        UpdateTaskRequest, UploadImagesRequest, UploadImagesResponse, WatchTaskRequest, find_images_request,
        task_service_client::TaskServiceClient,
    },
};
use labelmesh_service::Handle;
use labelmesh_testkit::with_token;
use tonic::{
    Request, Status, Streaming,
    transport::{Channel, Endpoint},
};
use tonic_types::StatusExt as _;

use super::File;

/// A call that failed.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) reason: Option<Reason>,
    /// The first field that breaks a rule.
    pub(crate) field: Option<String>,
    /// What programs are told beside the reason.
    pub(crate) facts: HashMap<String, String>,
}

impl From<Status> for Refused {
    fn from(status: Status) -> Self {
        let field = status.get_details_bad_request().and_then(|details| details.field_violations.into_iter().next());
        let facts = status.get_details_error_info().map(|info| info.metadata).unwrap_or_default();
        Self { reason: reason_of(&status), field: field.map(|violation| violation.field), facts }
    }
}

type Answer<T> = Result<T, Refused>;

/// A task with two labels.
pub(crate) fn draft(title: &str) -> CreateTaskRequest {
    CreateTaskRequest {
        title: title.to_owned(),
        labels: vec!["cat".to_owned(), "dog".to_owned()],
        policy: Some(Policy { redundancy: 3, max_votes: 0, confidence: 0.0, ..Policy::default() }),
        ..CreateTaskRequest::default()
    }
}

/// Somebody who calls.
pub(crate) struct Client {
    pub(crate) user_id: UserId,
    token: Option<String>,
    rpc: TaskServiceClient<Channel>,
}

impl Client {
    pub(crate) fn new(uri: &str, user_id: UserId, token: Option<String>) -> Self {
        let channel = Endpoint::from_shared(uri.to_owned()).expect("a URI").connect_lazy();
        Self { user_id, token, rpc: TaskServiceClient::new(channel) }
    }

    /// The same caller at another replica.
    pub(crate) fn at(&self, replica: &Handle) -> Self {
        Self::new(&format!("http://{}", replica.grpc_addr()), self.user_id, self.token.clone())
    }

    fn request<T>(&self, message: T) -> Request<T> {
        match &self.token {
            Some(token) => with_token(message, token),
            None => Request::new(message),
        }
    }

    pub(crate) async fn create(&self, message: CreateTaskRequest) -> Answer<Task> {
        Ok(self.rpc.clone().create_task(self.request(message)).await?.into_inner())
    }

    pub(crate) async fn get(&self, task_id: &str) -> Answer<Task> {
        let message = GetTaskRequest { task_id: task_id.to_owned() };
        Ok(self.rpc.clone().get_task(self.request(message)).await?.into_inner())
    }

    pub(crate) async fn list(&self, page_size: i32, page_token: &str) -> Answer<ListTasksResponse> {
        let message = ListTasksRequest { page_size, page_token: page_token.to_owned() };
        Ok(self.rpc.clone().list_tasks(self.request(message)).await?.into_inner())
    }

    /// The files of these hashes in some tasks.
    pub(crate) async fn find(
        &self,
        tasks: Option<find_images_request::Tasks>,
        sha256s: Vec<String>,
    ) -> Answer<Vec<ImageFile>> {
        let message = FindImagesRequest { tasks, sha256s };
        Ok(self.rpc.clone().find_images(self.request(message)).await?.into_inner().files)
    }

    pub(crate) async fn update(&self, message: UpdateTaskRequest) -> Answer<Task> {
        Ok(self.rpc.clone().update_task(self.request(message)).await?.into_inner())
    }

    pub(crate) async fn delete_image(&self, task_id: &str, image_id: &str) -> Answer<()> {
        let message = DeleteImageRequest { task_id: task_id.to_owned(), image_id: image_id.to_owned() };
        self.rpc.clone().delete_image(self.request(message)).await?;
        Ok(())
    }

    /// An image's type and bytes, which have the length that was told before.
    pub(crate) async fn image(&self, task_id: &str, image_id: &str, size: ImageSize) -> Answer<(String, Vec<u8>)> {
        let (task_id, image_id) = (task_id.to_owned(), image_id.to_owned());
        let message = GetImageRequest { task_id, image_id, size: size.into() };
        let response = self.rpc.clone().get_image(self.request(message)).await?;
        let told = response.metadata().get(body::LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let pieces: Vec<HttpBody> = response.into_inner().try_collect().await?;
        let media_type = pieces.first().map(|piece| piece.content_type.clone()).unwrap_or_default();
        let bytes: Vec<u8> = pieces.into_iter().flat_map(|piece| piece.data).collect();
        assert_eq!(told, Some(bytes.len()), "its length is told before");
        Ok((media_type, bytes))
    }

    /// Sets known labels; how many images have one then.
    pub(crate) async fn set_gold(&self, task_id: &str, gold: &[(&str, &str)]) -> Answer<u64> {
        let image = |&(image, label): &(&str, &str)| GoldImage { image_id: image.to_owned(), label: label.to_owned() };
        let message = SetGoldRequest { task_id: task_id.to_owned(), gold: gold.iter().map(image).collect() };
        Ok(self.rpc.clone().set_gold(self.request(message)).await?.into_inner().gold)
    }

    pub(crate) async fn audience(&self) -> Answer<Audience> {
        Ok(self.rpc.clone().get_my_audience(self.request(GetMyAudienceRequest {})).await?.into_inner())
    }

    pub(crate) async fn set_my_audience(&self, audience: Audience) -> Answer<Audience> {
        let message = SetMyAudienceRequest { audience: Some(audience) };
        Ok(self.rpc.clone().set_my_audience(self.request(message)).await?.into_inner())
    }

    pub(crate) async fn set_audience(&self, task_id: &str, audience: Audience) -> Answer<Task> {
        let message = SetTaskAudienceRequest { task_id: task_id.to_owned(), audience: Some(audience) };
        Ok(self.rpc.clone().set_task_audience(self.request(message)).await?.into_inner())
    }

    pub(crate) async fn submit(&self, task_id: &str) -> Answer<Task> {
        let message = SubmitTaskRequest { task_id: task_id.to_owned() };
        Ok(self.rpc.clone().submit_task(self.request(message)).await?.into_inner())
    }

    pub(crate) async fn finish(&self, task_id: &str) -> Answer<Task> {
        let message = FinishTaskRequest { task_id: task_id.to_owned() };
        Ok(self.rpc.clone().finish_task(self.request(message)).await?.into_inner())
    }

    pub(crate) async fn cancel(&self, task_id: &str) -> Answer<Task> {
        let message = CancelTaskRequest { task_id: task_id.to_owned() };
        Ok(self.rpc.clone().cancel_task(self.request(message)).await?.into_inner())
    }

    pub(crate) async fn delete(&self, task_id: &str) -> Answer<()> {
        let message = DeleteTaskRequest { task_id: task_id.to_owned() };
        self.rpc.clone().delete_task(self.request(message)).await?;
        Ok(())
    }

    /// Everything that is stored about the caller.
    pub(crate) async fn own_data(&self) -> Answer<Vec<TaskRecord>> {
        let records = self.rpc.clone().export_my_tasks(self.request(ExportMyTasksRequest {})).await?.into_inner();
        Ok(records.try_collect().await?)
    }

    /// How much there is of tasks, open tasks, images and bytes, and how much there may be.
    pub(crate) async fn usage(&self) -> Answer<[(u64, Option<u64>); 4]> {
        let usage = self.rpc.clone().get_my_usage(self.request(GetMyUsageRequest {})).await?.into_inner();
        let quotas = [usage.tasks, usage.open_tasks, usage.images, usage.bytes];
        Ok(quotas.map(|quota| quota.map(|quota| (quota.used, quota.limit)).expect("a quota")))
    }

    pub(crate) async fn images(&self, task_id: &str, page_size: i32, token: &str) -> Answer<ListImagesResponse> {
        let message = ListImagesRequest { task_id: task_id.to_owned(), page_size, page_token: token.to_owned() };
        Ok(self.rpc.clone().list_images(self.request(message)).await?.into_inner())
    }

    pub(crate) async fn results(&self, task_id: &str, page_size: i32, token: &str) -> Answer<ListResultsResponse> {
        self.some_results(task_id, page_size, token, false).await
    }

    pub(crate) async fn contested(&self, task_id: &str, page_size: i32, token: &str) -> Answer<ListResultsResponse> {
        self.some_results(task_id, page_size, token, true).await
    }

    async fn some_results(
        &self,
        task_id: &str,
        page_size: i32,
        token: &str,
        contested_only: bool,
    ) -> Answer<ListResultsResponse> {
        let (task_id, page_token) = (task_id.to_owned(), token.to_owned());
        let message = ListResultsRequest { task_id, page_size, page_token, contested_only };
        Ok(self.rpc.clone().list_results(self.request(message)).await?.into_inner())
    }

    /// Uploads files in one call; what became of each, in the order in which they were sent.
    pub(crate) async fn upload(&self, task_id: &str, files: Vec<File>) -> Answer<Vec<UploadImagesResponse>> {
        self.upload_at(task_id, Vec::new(), files).await
    }

    /// The same for files that are to stand at these places.
    pub(crate) async fn upload_at(
        &self,
        task_id: &str,
        places: Vec<u64>,
        files: Vec<File>,
    ) -> Answer<Vec<UploadImagesResponse>> {
        let mut messages: Vec<_> = files.iter().flat_map(|file| file.messages(task_id)).collect();
        if messages.is_empty() {
            messages = File::new("none", "", vec![]).messages(task_id);
        }
        messages[0].places = places;
        let (mut reports, end) = self.send(messages).await;
        end?;
        reports.sort_by_key(|report| report.index);
        Ok(reports)
    }

    /// Sends messages; what was reported, in the order of reports, and how the call ended.
    pub(crate) async fn send<I>(&self, messages: I) -> (Vec<UploadImagesResponse>, Answer<()>)
    where
        I: IntoIterator<Item = UploadImagesRequest>,
        I::IntoIter: Send + 'static,
    {
        let request = self.request(stream::iter(messages));
        let mut reports = Vec::new();
        let mut answers = match self.rpc.clone().upload_images(request).await {
            Ok(answers) => answers.into_inner(),
            Err(status) => return (reports, Err(status.into())),
        };
        while let Some(report) = answers.next().await {
            match report {
                Ok(report) => reports.push(report),
                Err(status) => return (reports, Err(status.into())),
            }
        }
        (reports, Ok(()))
    }

    pub(crate) async fn watch(&self, task_id: &str, after_version: u64) -> Answer<Watch> {
        let message = WatchTaskRequest { task_id: task_id.to_owned(), after_version };
        Ok(Watch(self.rpc.clone().watch_task(self.request(message)).await?.into_inner()))
    }

    /// Watches until the progress is as wanted.
    pub(crate) async fn wait_for(&self, task_id: &str, wanted: impl Fn(&TaskProgress) -> bool) -> TaskProgress {
        let mut states = self.watch(task_id, 0).await.expect("a stream");
        let mut last = None;
        while let Some(state) = states.next().await {
            let state = state.expect("a state");
            if wanted(&state) {
                return state;
            }
            last = Some(state);
        }
        panic!("the task ended otherwise: {last:?}");
    }

    /// The media type and the whole of an export.
    pub(crate) async fn export(&self, task_id: &str, format: i32) -> Answer<(String, Vec<u8>)> {
        let bodies = self.bodies(task_id, format).await?;
        let content_type = bodies[0].content_type.clone();
        Ok((content_type, bodies.into_iter().flat_map(|body| body.data).collect()))
    }

    pub(crate) async fn export_pieces(&self, task_id: &str, format: i32) -> Answer<Vec<Vec<u8>>> {
        Ok(self.bodies(task_id, format).await?.into_iter().map(|body| body.data.into()).collect())
    }

    async fn bodies(&self, task_id: &str, format: i32) -> Answer<Vec<HttpBody>> {
        self.bodies_after(task_id, format, "").await
    }

    /// The whole of an export behind an image.
    pub(crate) async fn export_after(&self, task_id: &str, format: i32, image_id: &str) -> Answer<Vec<u8>> {
        let bodies = self.bodies_after(task_id, format, image_id).await?;
        Ok(bodies.into_iter().flat_map(|body| body.data).collect())
    }

    async fn bodies_after(&self, task_id: &str, format: i32, image_id: &str) -> Answer<Vec<HttpBody>> {
        let message = ExportResultsRequest { task_id: task_id.to_owned(), format, after_image_id: image_id.to_owned() };
        let mut answers = self.rpc.clone().export_results(self.request(message)).await?.into_inner();
        let mut bodies = Vec::new();
        while let Some(body) = answers.message().await? {
            bodies.push(body);
        }
        Ok(bodies)
    }
}

/// A stream of states.
#[derive(Debug)]
pub(crate) struct Watch(Streaming<TaskProgress>);

impl Watch {
    pub(crate) async fn next(&mut self) -> Option<Answer<TaskProgress>> {
        self.0.next().await.map(|state| state.map_err(Refused::from))
    }
}
