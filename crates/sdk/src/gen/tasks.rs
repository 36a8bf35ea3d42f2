// Generated from proto/ by `./dev gen`; do not edit.

use reqwest::Method as HttpMethod;

use crate::{Client, Error, route::Route, tasks};

static CREATE_TASK: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/CreateTask",
    verb: HttpMethod::POST,
    template: "/v1/tasks",
    has_body: true,
};

static GET_TASK: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/GetTask",
    verb: HttpMethod::GET,
    template: "/v1/tasks/{task_id}",
    has_body: false,
};

static UPDATE_TASK: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/UpdateTask",
    verb: HttpMethod::PATCH,
    template: "/v1/tasks/{task_id}",
    has_body: true,
};

static LIST_TASKS: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/ListTasks",
    verb: HttpMethod::GET,
    template: "/v1/tasks",
    has_body: false,
};

static UPLOAD_IMAGES: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/UploadImages",
    verb: HttpMethod::POST,
    template: "/v1/tasks/{task_id}/images",
    has_body: true,
};

static DELETE_IMAGE: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/DeleteImage",
    verb: HttpMethod::DELETE,
    template: "/v1/tasks/{task_id}/images/{image_id}",
    has_body: false,
};

static LIST_IMAGES: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/ListImages",
    verb: HttpMethod::GET,
    template: "/v1/tasks/{task_id}/images",
    has_body: false,
};

static GET_IMAGE: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/GetImage",
    verb: HttpMethod::GET,
    template: "/v1/tasks/{task_id}/images/{image_id}:download",
    has_body: false,
};

static SET_GOLD: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/SetGold",
    verb: HttpMethod::PUT,
    template: "/v1/tasks/{task_id}/gold",
    has_body: true,
};

static SUBMIT_TASK: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/SubmitTask",
    verb: HttpMethod::POST,
    template: "/v1/tasks/{task_id}:submit",
    has_body: true,
};

static FINISH_TASK: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/FinishTask",
    verb: HttpMethod::POST,
    template: "/v1/tasks/{task_id}:finish",
    has_body: true,
};

static CANCEL_TASK: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/CancelTask",
    verb: HttpMethod::POST,
    template: "/v1/tasks/{task_id}:cancel",
    has_body: true,
};

static DELETE_TASK: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/DeleteTask",
    verb: HttpMethod::DELETE,
    template: "/v1/tasks/{task_id}",
    has_body: false,
};

static SET_TASK_AUDIENCE: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/SetTaskAudience",
    verb: HttpMethod::PUT,
    template: "/v1/tasks/{task_id}/audience",
    has_body: true,
};

static GET_MY_AUDIENCE: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/GetMyAudience",
    verb: HttpMethod::GET,
    template: "/v1/me/audience",
    has_body: false,
};

static SET_MY_AUDIENCE: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/SetMyAudience",
    verb: HttpMethod::PUT,
    template: "/v1/me/audience",
    has_body: true,
};

static GET_MY_USAGE: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/GetMyUsage",
    verb: HttpMethod::GET,
    template: "/v1/me/usage",
    has_body: false,
};

static WATCH_TASK: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/WatchTask",
    verb: HttpMethod::GET,
    template: "/v1/tasks/{task_id}:watch",
    has_body: false,
};

static LIST_RESULTS: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/ListResults",
    verb: HttpMethod::GET,
    template: "/v1/tasks/{task_id}/results",
    has_body: false,
};

static EXPORT_RESULTS: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/ExportResults",
    verb: HttpMethod::GET,
    template: "/v1/tasks/{task_id}/export",
    has_body: false,
};

static EXPORT_MY_TASKS: Route = Route {
    rpc: "/labelmesh.tasks.v1.TaskService/ExportMyTasks",
    verb: HttpMethod::GET,
    template: "/v1/me/data/tasks",
    has_body: false,
};

impl Client {
    /// Creates a task as a draft, to which images can be uploaded.
    ///
    /// `POST /v1/tasks`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn create_task(&self, request: tasks::CreateTaskRequest) -> Result<tasks::Task, Error> {
        self.unary(&CREATE_TASK, &request).await
    }

    /// Gets a task.
    ///
    /// `GET /v1/tasks/{task_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_task(&self, request: tasks::GetTaskRequest) -> Result<tasks::Task, Error> {
        self.unary(&GET_TASK, &request).await
    }

    /// Changes some of what a draft says: its title, instructions, labels or policy. From the submission on they stand.
    /// Where everything is already as asked for, nothing happens, so that a repeat is harmless. Labels can't be changed
    /// such that a gold image bears none of them: its gold label has to be changed first.
    ///
    /// `PATCH /v1/tasks/{task_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn update_task(&self, request: tasks::UpdateTaskRequest) -> Result<tasks::Task, Error> {
        self.unary(&UPDATE_TASK, &request).await
    }

    /// Lists tasks, the newest first: the caller's own, or all for administrators.
    ///
    /// `GET /v1/tasks`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_tasks(&self, request: tasks::ListTasksRequest) -> Result<tasks::ListTasksResponse, Error> {
        self.unary(&LIST_TASKS, &request).await
    }

    /// Everything that [`Self::list_tasks`] lists, page by page from the first on.
    #[must_use]
    pub fn list_tasks_all(&self, request: tasks::ListTasksRequest) -> crate::Answers<tasks::Task> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) = (client.clone(), tasks::ListTasksRequest { page_token, ..request.clone() });
            async move { client.list_tasks(request).await.map(|page| (page.tasks, page.next_page_token)) }
        })
    }

    /// Uploads images to a draft: JPEG, PNG, WebP or GIF, any number of files in one call. Each file is
    /// judged for itself and reported by name as soon as it has arrived; what is reported as added is
    /// kept whatever happens to the rest. Uploading the same bytes again is harmless. Over REST: a
    /// multipart/form-data body, each part with a file name one image.
    ///
    /// `POST /v1/tasks/{task_id}/images`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn upload_images(
        &self,
        task_id: &str,
        files: crate::Upload,
    ) -> Result<crate::Answers<tasks::UploadImagesResponse>, Error> {
        self.upload(&UPLOAD_IMAGES, &[task_id], files).await
    }

    /// Removes an image from a draft, and its bytes with the last image that has them. One that is not there is no
    /// error, so that a repeat is harmless.
    ///
    /// `DELETE /v1/tasks/{task_id}/images/{image_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn delete_image(&self, request: tasks::DeleteImageRequest) -> Result<tasks::DeleteImageResponse, Error> {
        self.unary(&DELETE_IMAGE, &request).await
    }

    /// Lists a task's images in the order of their places, which is that of their upload unless places
    /// were given: where an interrupted upload is to go on.
    ///
    /// `GET /v1/tasks/{task_id}/images`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_images(&self, request: tasks::ListImagesRequest) -> Result<tasks::ListImagesResponse, Error> {
        self.unary(&LIST_IMAGES, &request).await
    }

    /// Everything that [`Self::list_images`] lists, page by page from the first on.
    #[must_use]
    pub fn list_images_all(&self, request: tasks::ListImagesRequest) -> crate::Answers<tasks::Image> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) = (client.clone(), tasks::ListImagesRequest { page_token, ..request.clone() });
            async move { client.list_images(request).await.map(|page| (page.images, page.next_page_token)) }
        })
    }

    /// Gets an image of a task: the file that was uploaded, what operators see of it, or a thumbnail. Where there is none
    /// yet, as of images that an earlier release took, a thumbnail is made on the way.
    ///
    /// `GET /v1/tasks/{task_id}/images/{image_id}:download`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_image(&self, request: tasks::GetImageRequest) -> Result<crate::Answers<bytes::Bytes>, Error> {
        self.bytes(&GET_IMAGE, &request).await
    }

    /// Names images of a draft whose label is known ("gold"), or takes that back, all entries of the
    /// call or none. Gold images are mixed in among those that operators are handed, and nothing tells
    /// them apart; each operator gets each of them at most once. They count as decided from the start,
    /// under the rule "gold", and votes on them decide nothing: they show how well an operator labels.
    ///
    /// `PUT /v1/tasks/{task_id}/gold`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn set_gold(&self, request: tasks::SetGoldRequest) -> Result<tasks::SetGoldResponse, Error> {
        self.unary(&SET_GOLD, &request).await
    }

    /// Opens a draft for labeling. From now on its images, labels and policy are fixed. Answers at once
    /// whatever the number of images; they reach the operators in batches.
    ///
    /// `POST /v1/tasks/{task_id}:submit`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn submit_task(&self, request: tasks::SubmitTaskRequest) -> Result<tasks::Task, Error> {
        self.unary(&SUBMIT_TASK, &request).await
    }

    /// Ends an open task with the votes at hand: images with votes are decided by them, images without
    /// are reported undecided. Answers at once; the task is completed when all of them are reported.
    ///
    /// `POST /v1/tasks/{task_id}:finish`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn finish_task(&self, request: tasks::FinishTaskRequest) -> Result<tasks::Task, Error> {
        self.unary(&FINISH_TASK, &request).await
    }

    /// Cancels a draft or an open task. Its results stay as they are. Leases end a moment later, when the
    /// labeling side has heard of it; votes given until then are kept, and an image that they still decide
    /// has that decision in ListDecisions alone.
    ///
    /// `POST /v1/tasks/{task_id}:cancel`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn cancel_task(&self, request: tasks::CancelTaskRequest) -> Result<tasks::Task, Error> {
        self.unary(&CANCEL_TASK, &request).await
    }

    /// Deletes a draft, a completed or a cancelled task, with its images, votes and decisions, for good. An open
    /// task has to be finished or cancelled first. Answers at once: the task is gone from every list, and takes no
    /// place of its owner's quota of tasks. Images are removed in the background; they take less and less of the
    /// quotas of images and bytes until they are gone, which is soon. Images that other tasks have too stay
    /// theirs. Again is harmless.
    ///
    /// `DELETE /v1/tasks/{task_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn delete_task(&self, request: tasks::DeleteTaskRequest) -> Result<tasks::DeleteTaskResponse, Error> {
        self.unary(&DELETE_TASK, &request).await
    }

    /// Says anew who is handed the images of a draft or of an open task. Who may label no more is handed
    /// nothing from then on, and what they hold goes back within moments; their votes stay. Saying the same
    /// again is harmless.
    ///
    /// `PUT /v1/tasks/{task_id}/audience`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn set_task_audience(&self, request: tasks::SetTaskAudienceRequest) -> Result<tasks::Task, Error> {
        self.unary(&SET_TASK_AUDIENCE, &request).await
    }

    /// Who is handed the images of the caller's new tasks where a task does not say it itself.
    ///
    /// `GET /v1/me/audience`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_my_audience(&self, request: tasks::GetMyAudienceRequest) -> Result<tasks::Audience, Error> {
        self.unary(&GET_MY_AUDIENCE, &request).await
    }

    /// Changes that for tasks that are created from now on.
    ///
    /// `PUT /v1/me/audience`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn set_my_audience(&self, request: tasks::SetMyAudienceRequest) -> Result<tasks::Audience, Error> {
        self.unary(&SET_MY_AUDIENCE, &request).await
    }

    /// What the caller has, and may have at most.
    ///
    /// `GET /v1/me/usage`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_my_usage(&self, request: tasks::GetMyUsageRequest) -> Result<tasks::Usage, Error> {
        self.unary(&GET_MY_USAGE, &request).await
    }

    /// Watches a task: its progress now, and again whenever it changed (at most five times a second),
    /// until it has ended. The stream is of states, not of changes: whoever comes back misses nothing.
    ///
    /// `GET /v1/tasks/{task_id}:watch`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn watch_task(
        &self,
        request: tasks::WatchTaskRequest,
    ) -> Result<crate::Answers<tasks::TaskProgress>, Error> {
        self.stream(&WATCH_TASK, &request).await
    }

    /// Lists the images of a task with what was decided so far, in the order of their places.
    ///
    /// `GET /v1/tasks/{task_id}/results`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_results(&self, request: tasks::ListResultsRequest) -> Result<tasks::ListResultsResponse, Error> {
        self.unary(&LIST_RESULTS, &request).await
    }

    /// Everything that [`Self::list_results`] lists, page by page from the first on.
    #[must_use]
    pub fn list_results_all(&self, request: tasks::ListResultsRequest) -> crate::Answers<tasks::Result> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) = (client.clone(), tasks::ListResultsRequest { page_token, ..request.clone() });
            async move { client.list_results(request).await.map(|page| (page.results, page.next_page_token)) }
        })
    }

    /// Exports all results of a task as one file, in the order of the images' places. An export that breaks off goes on
    /// behind the last image that arrived.
    ///
    /// `GET /v1/tasks/{task_id}/export`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn export_results(
        &self,
        request: tasks::ExportResultsRequest,
    ) -> Result<crate::Answers<bytes::Bytes>, Error> {
        self.bytes(&EXPORT_RESULTS, &request).await
    }

    /// Streams everything that this service stores about the user who calls, record by record: whom new tasks are
    /// open to, how much they have, their tasks, and the images of these with what was decided, in the order of tasks
    /// and of upload. The files themselves are not in it. Each record is as it was when it was read; what changes
    /// meanwhile may be told as it was before or as it was after.
    ///
    /// `GET /v1/me/data/tasks`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn export_my_tasks(
        &self,
        request: tasks::ExportMyTasksRequest,
    ) -> Result<crate::Answers<tasks::TaskRecord>, Error> {
        self.stream(&EXPORT_MY_TASKS, &request).await
    }
}
