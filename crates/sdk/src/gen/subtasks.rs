// Generated from proto/ by `./dev gen`; do not edit.

use reqwest::Method as HttpMethod;

use crate::{Client, Error, route::Route, subtasks};

static LEASE_SUBTASKS: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/LeaseSubtasks",
    verb: HttpMethod::POST,
    template: "/v1/subtasks:lease",
    has_body: true,
};

static EXTEND_LEASES: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/ExtendLeases",
    verb: HttpMethod::POST,
    template: "/v1/subtasks:extend",
    has_body: true,
};

static RELEASE_SUBTASKS: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/ReleaseSubtasks",
    verb: HttpMethod::POST,
    template: "/v1/subtasks:release",
    has_body: true,
};

static SKIP_SUBTASK: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/SkipSubtask",
    verb: HttpMethod::POST,
    template: "/v1/subtasks/{subtask_id}:skip",
    has_body: true,
};

static VOTE: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/Vote",
    verb: HttpMethod::POST,
    template: "/v1/subtasks/{subtask_id}:vote",
    has_body: true,
};

static VOTE_MANY: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/VoteMany",
    verb: HttpMethod::POST,
    template: "/v1/subtasks:vote",
    has_body: true,
};

static GET_MY_STATISTICS: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/GetMyStatistics",
    verb: HttpMethod::GET,
    template: "/v1/me/statistics",
    has_body: false,
};

static LIST_OPEN_TASKS: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/ListOpenTasks",
    verb: HttpMethod::GET,
    template: "/v1/me/tasks",
    has_body: false,
};

static LIST_MY_VOTES: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/ListMyVotes",
    verb: HttpMethod::GET,
    template: "/v1/me/tasks/{task_id}/votes",
    has_body: false,
};

static LIST_VOTES: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/ListVotes",
    verb: HttpMethod::GET,
    template: "/v1/tasks/{task_id}/votes",
    has_body: false,
};

static LIST_SKIPS: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/ListSkips",
    verb: HttpMethod::GET,
    template: "/v1/tasks/{task_id}/skips",
    has_body: false,
};

static LIST_DECISIONS: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/ListDecisions",
    verb: HttpMethod::GET,
    template: "/v1/tasks/{task_id}/images/{image_id}/decisions",
    has_body: false,
};

static ADJUDICATE_IMAGE: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/AdjudicateImage",
    verb: HttpMethod::POST,
    template: "/v1/tasks/{task_id}/images/{image_id}:adjudicate",
    has_body: true,
};

static IMPORT_VOTES: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/ImportVotes",
    verb: HttpMethod::POST,
    template: "/v1/tasks/{task_id}/votes:import",
    has_body: true,
};

static IMPORT_DECISIONS: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/ImportDecisions",
    verb: HttpMethod::POST,
    template: "/v1/tasks/{task_id}/decisions:import",
    has_body: true,
};

static REDECIDE_TASK: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/RedecideTask",
    verb: HttpMethod::POST,
    template: "/v1/tasks/{task_id}:redecide",
    has_body: true,
};

static GET_REDECISION: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/GetRedecision",
    verb: HttpMethod::GET,
    template: "/v1/tasks/{task_id}/redecision",
    has_body: false,
};

static GET_AGREEMENT: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/GetAgreement",
    verb: HttpMethod::GET,
    template: "/v1/tasks/{task_id}/agreement",
    has_body: false,
};

static GET_HOLDS: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/GetHolds",
    verb: HttpMethod::GET,
    template: "/v1/tasks/{task_id}/holds",
    has_body: false,
};

static LIST_OPERATORS: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/ListOperators",
    verb: HttpMethod::GET,
    template: "/v1/tasks/{task_id}/operators",
    has_body: false,
};

static PAUSE_OPERATOR: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/PauseOperator",
    verb: HttpMethod::POST,
    template: "/v1/tasks/{task_id}/operators/{operator}:pause",
    has_body: true,
};

static EXCLUDE_OPERATOR: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/ExcludeOperator",
    verb: HttpMethod::POST,
    template: "/v1/tasks/{task_id}/operators/{operator}:exclude",
    has_body: true,
};

static RESUME_OPERATOR: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/ResumeOperator",
    verb: HttpMethod::POST,
    template: "/v1/tasks/{task_id}/operators/{operator}:resume",
    has_body: true,
};

static GET_SUBTASK_IMAGE: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/GetSubtaskImage",
    verb: HttpMethod::GET,
    template: "/v1/subtasks/{subtask_id}/image",
    has_body: false,
};

static EXPORT_MY_VOTES: Route = Route {
    rpc: "/labelmesh.subtasks.v1.SubtaskService/ExportMyVotes",
    verb: HttpMethod::GET,
    template: "/v1/me/data/votes",
    has_body: false,
};

impl Client {
    /// Brings what the operator holds up to `count` images and answers with all of it. Repeating the
    /// call is harmless: it answers with the same leases. Where nothing is to be had, says why. Of the 20
    /// images that an operator may hold, each lease that ran out costs one for an hour, down to one.
    ///
    /// `POST /v1/subtasks:lease`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn lease_subtasks(
        &self,
        request: subtasks::LeaseSubtasksRequest,
    ) -> Result<subtasks::LeaseSubtasksResponse, Error> {
        self.unary(&LEASE_SUBTASKS, &request).await
    }

    /// Moves the end of leases that the operator holds to a full lease time from now, but never to more than
    /// three lease times after the image came into the operator's hands: then it goes to others, and comes
    /// back to this operator after one more lease time at the earliest. Giving it back in between and leasing
    /// it again changes nothing about that. Leases that have run out are left out of the answer.
    ///
    /// `POST /v1/subtasks:extend`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn extend_leases(
        &self,
        request: subtasks::ExtendLeasesRequest,
    ) -> Result<subtasks::ExtendLeasesResponse, Error> {
        self.unary(&EXTEND_LEASES, &request).await
    }

    /// Gives leased images back; they may come to the same operator again. What is not held is ignored.
    ///
    /// `POST /v1/subtasks:release`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn release_subtasks(
        &self,
        request: subtasks::ReleaseSubtasksRequest,
    ) -> Result<subtasks::ReleaseSubtasksResponse, Error> {
        self.unary(&RELEASE_SUBTASKS, &request).await
    }

    /// Gives an image back for good: it never comes to this operator again.
    ///
    /// `POST /v1/subtasks/{subtask_id}:skip`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn skip_subtask(
        &self,
        request: subtasks::SkipSubtaskRequest,
    ) -> Result<subtasks::SkipSubtaskResponse, Error> {
        self.unary(&SKIP_SUBTASK, &request).await
    }

    /// Votes for one image that was leased. The same vote again is harmless; another label revises the
    /// vote while the image is open. A vote under a live lease is always accepted; a late one while the
    /// image has a place for it.
    ///
    /// `POST /v1/subtasks/{subtask_id}:vote`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn vote(&self, request: subtasks::VoteRequest) -> Result<subtasks::VoteResponse, Error> {
        self.unary(&VOTE, &request).await
    }

    /// Votes for several images. Each vote is judged for itself and answered in the order given.
    ///
    /// `POST /v1/subtasks:vote`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn vote_many(&self, request: subtasks::VoteManyRequest) -> Result<subtasks::VoteManyResponse, Error> {
        self.unary(&VOTE_MANY, &request).await
    }

    /// What the operator who calls has done so far, a task at a time, the newest task first: how much, how
    /// often as was decided, and how well on images whose label was known. Votes are compared with
    /// decisions as of `compared_until`, and what came of known images is told after the end of the task:
    /// otherwise looking before and after a vote would tell what an image was.
    ///
    /// `GET /v1/me/statistics`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_my_statistics(
        &self,
        request: subtasks::GetMyStatisticsRequest,
    ) -> Result<subtasks::GetMyStatisticsResponse, Error> {
        self.unary(&GET_MY_STATISTICS, &request).await
    }

    /// Everything that [`Self::get_my_statistics`] lists, page by page from the first on.
    #[must_use]
    pub fn get_my_statistics_all(
        &self,
        request: subtasks::GetMyStatisticsRequest,
    ) -> crate::Answers<subtasks::TaskStatistics> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) =
                (client.clone(), subtasks::GetMyStatisticsRequest { page_token, ..request.clone() });
            async move { client.get_my_statistics(request).await.map(|page| (page.tasks, page.next_page_token)) }
        })
    }

    /// Lists the open tasks whose images may be handed to the operator who calls, the newest first: those that
    /// are open to everybody, to them or to a group of theirs, but not their own.
    ///
    /// `GET /v1/me/tasks`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_open_tasks(
        &self,
        request: subtasks::ListOpenTasksRequest,
    ) -> Result<subtasks::ListOpenTasksResponse, Error> {
        self.unary(&LIST_OPEN_TASKS, &request).await
    }

    /// Everything that [`Self::list_open_tasks`] lists, page by page from the first on.
    #[must_use]
    pub fn list_open_tasks_all(&self, request: subtasks::ListOpenTasksRequest) -> crate::Answers<subtasks::OpenTask> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) = (client.clone(), subtasks::ListOpenTasksRequest { page_token, ..request.clone() });
            async move { client.list_open_tasks(request).await.map(|page| (page.tasks, page.next_page_token)) }
        })
    }

    /// Lists what the operator who calls has voted in a task, the last given first: to find the image that
    /// was labeled by mistake, whose vote can be revised while it is open.
    ///
    /// `GET /v1/me/tasks/{task_id}/votes`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_my_votes(
        &self,
        request: subtasks::ListMyVotesRequest,
    ) -> Result<subtasks::ListMyVotesResponse, Error> {
        self.unary(&LIST_MY_VOTES, &request).await
    }

    /// Everything that [`Self::list_my_votes`] lists, page by page from the first on.
    #[must_use]
    pub fn list_my_votes_all(&self, request: subtasks::ListMyVotesRequest) -> crate::Answers<subtasks::MyVote> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) = (client.clone(), subtasks::ListMyVotesRequest { page_token, ..request.clone() });
            async move { client.list_my_votes(request).await.map(|page| (page.votes, page.next_page_token)) }
        })
    }

    /// Lists the votes of a task in the order in which they were given, for its owner. Operators are
    /// named by pseudonyms, which differ from task to task.
    ///
    /// `GET /v1/tasks/{task_id}/votes`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_votes(&self, request: subtasks::ListVotesRequest) -> Result<subtasks::ListVotesResponse, Error> {
        self.unary(&LIST_VOTES, &request).await
    }

    /// Everything that [`Self::list_votes`] lists, page by page from the first on.
    #[must_use]
    pub fn list_votes_all(&self, request: subtasks::ListVotesRequest) -> crate::Answers<subtasks::GivenVote> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) = (client.clone(), subtasks::ListVotesRequest { page_token, ..request.clone() });
            async move { client.list_votes(request).await.map(|page| (page.votes, page.next_page_token)) }
        })
    }

    /// Lists which images of a task operators have skipped, and why, in the order in which they did, for its
    /// owner. Operators are named by pseudonyms, which differ from task to task.
    ///
    /// `GET /v1/tasks/{task_id}/skips`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_skips(&self, request: subtasks::ListSkipsRequest) -> Result<subtasks::ListSkipsResponse, Error> {
        self.unary(&LIST_SKIPS, &request).await
    }

    /// Everything that [`Self::list_skips`] lists, page by page from the first on.
    #[must_use]
    pub fn list_skips_all(&self, request: subtasks::ListSkipsRequest) -> crate::Answers<subtasks::SkippedImage> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) = (client.clone(), subtasks::ListSkipsRequest { page_token, ..request.clone() });
            async move { client.list_skips(request).await.map(|page| (page.skips, page.next_page_token)) }
        })
    }

    /// Lists what was decided about an image, the newest first: the decision that stands, and all former
    /// ones that it has replaced.
    ///
    /// `GET /v1/tasks/{task_id}/images/{image_id}/decisions`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_decisions(
        &self,
        request: subtasks::ListDecisionsRequest,
    ) -> Result<subtasks::ListDecisionsResponse, Error> {
        self.unary(&LIST_DECISIONS, &request).await
    }

    /// Everything that [`Self::list_decisions`] lists, page by page from the first on.
    #[must_use]
    pub fn list_decisions_all(&self, request: subtasks::ListDecisionsRequest) -> crate::Answers<subtasks::Decision> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) = (client.clone(), subtasks::ListDecisionsRequest { page_token, ..request.clone() });
            async move { client.list_decisions(request).await.map(|page| (page.decisions, page.next_page_token)) }
        })
    }

    /// Sets the label of an image by hand, whatever the votes say: meant for contested ones. An open image
    /// is closed by it. The former decision is kept, the new one is not contested and stands: deciding the
    /// task again by another method leaves it alone. The same label and comment again are harmless.
    ///
    /// `POST /v1/tasks/{task_id}/images/{image_id}:adjudicate`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn adjudicate_image(
        &self,
        request: subtasks::AdjudicateImageRequest,
    ) -> Result<subtasks::Decision, Error> {
        self.unary(&ADJUDICATE_IMAGE, &request).await
    }

    /// Imports recorded votes into a submitted task: CSV with a header line that names the columns
    /// image_id, operator and label, or JSON Lines with the same fields (told apart by the first line;
    /// other columns are ignored), any number of files in one call. The names item and worker, and some
    /// that other products use, stand for the first two. Text is UTF-8 or UTF-16; fields are separated by
    /// commas, semicolons, tabs or bars; JSON numbers are names too. A line ends with LF, CR LF or CR.
    /// An operator is any name of 1 to 200 characters on one line and stands for one operator in this
    /// task, in every file; names that look the same are one. A label is the task's that is the same or, alone
    /// among them, looks the same. Votes are taken in the order of the lines under the rules of Vote, except that no
    /// lease is needed: a vote counts while its image is open and has a place that nobody holds, and is
    /// kept as surplus otherwise; the same again is harmless, another label revises while the image is
    /// open. Images are decided as by live votes. A line that can't be taken is answered with its
    /// number and why, and the lines after it are taken all the same. Where a call is broken off, what it
    /// took by then stands, and sending all of it again is harmless. A task that was just submitted is
    /// NOT_FOUND until it is heard of here, and then UNAVAILABLE until its images have all arrived; both
    /// last a moment. Over REST: a multipart/form-data body, each part with a file name one file, or one
    /// file as it is with ?name=.
    ///
    /// `POST /v1/tasks/{task_id}/votes:import`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn import_votes(
        &self,
        task_id: &str,
        files: crate::Upload,
    ) -> Result<crate::Answers<subtasks::ImportVotesResponse>, Error> {
        self.upload(&IMPORT_VOTES, &[task_id], files).await
    }

    /// Imports decisions that were made elsewhere, as ImportVotes does votes: columns image_id, label and
    /// optionally confidence (0 to 1, 1 where it is left out). Each closes its image under the rule
    /// "imported"; votes given so far are kept. The same again is harmless.
    ///
    /// `POST /v1/tasks/{task_id}/decisions:import`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn import_decisions(
        &self,
        task_id: &str,
        files: crate::Upload,
    ) -> Result<crate::Answers<subtasks::ImportDecisionsResponse>, Error> {
        self.upload(&IMPORT_DECISIONS, &[task_id], files).await
    }

    /// Decides all images of a completed task again, from the same votes by another method. Answers at once;
    /// a worker does it in batches, and where it is stopped it goes on. Former decisions are kept, the new
    /// ones bear the method as their rule. What was not decided by votes (adjudicated, imported, known
    /// before) is left alone. Asking for the method of the last time again is harmless, unless it was given
    /// up: then it begins anew.
    ///
    /// `POST /v1/tasks/{task_id}:redecide`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn redecide_task(&self, request: subtasks::RedecideTaskRequest) -> Result<subtasks::Redecision, Error> {
        self.unary(&REDECIDE_TASK, &request).await
    }

    /// How far the last RedecideTask of a task has come. NOT_FOUND where there was none.
    ///
    /// `GET /v1/tasks/{task_id}/redecision`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_redecision(&self, request: subtasks::GetRedecisionRequest) -> Result<subtasks::Redecision, Error> {
        self.unary(&GET_REDECISION, &request).await
    }

    /// How far the operators of a task agree, and how far each of them can be relied on. Looks at the newest
    /// million votes.
    ///
    /// `GET /v1/tasks/{task_id}/agreement`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_agreement(&self, request: subtasks::GetAgreementRequest) -> Result<subtasks::Agreement, Error> {
        self.unary(&GET_AGREEMENT, &request).await
    }

    /// What of a task is in operators' hands at present, for its owner: an image that waits for a vote while
    /// somebody holds it comes to others when that lease ends.
    ///
    /// `GET /v1/tasks/{task_id}/holds`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_holds(&self, request: subtasks::GetHoldsRequest) -> Result<subtasks::TaskHolds, Error> {
        self.unary(&GET_HOLDS, &request).await
    }

    /// Lists the operators who were handed images of a task, by pseudonym: how many, how many of them they
    /// skipped, how often they were right on gold, and whether they are paused or excluded.
    ///
    /// `GET /v1/tasks/{task_id}/operators`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_operators(
        &self,
        request: subtasks::ListOperatorsRequest,
    ) -> Result<subtasks::ListOperatorsResponse, Error> {
        self.unary(&LIST_OPERATORS, &request).await
    }

    /// Everything that [`Self::list_operators`] lists, page by page from the first on.
    #[must_use]
    pub fn list_operators_all(
        &self,
        request: subtasks::ListOperatorsRequest,
    ) -> crate::Answers<subtasks::TaskOperator> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) = (client.clone(), subtasks::ListOperatorsRequest { page_token, ..request.clone() });
            async move { client.list_operators(request).await.map(|page| (page.operators, page.next_page_token)) }
        })
    }

    /// Pauses an operator in a task: what they hold of it goes back to the others at once, late votes are
    /// refused (LEASE_EXPIRED), and nothing more of it is handed to them until they are resumed. Their votes
    /// count as before. Anybody who was handed an image of the task can be paused, or has a vote in it,
    /// recorded votes among them. One who is paused or excluded already stays as they are.
    ///
    /// `POST /v1/tasks/{task_id}/operators/{operator}:pause`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn pause_operator(
        &self,
        request: subtasks::PauseOperatorRequest,
    ) -> Result<subtasks::TaskOperator, Error> {
        self.unary(&PAUSE_OPERATOR, &request).await
    }

    /// Excludes an operator from a task for good. They are paused, and none of their votes in it counts any
    /// more, those that are imported later among them: votes become surplus in the background, within moments.
    /// An image that is open asks others for a vote in the place of each, or is decided at once where the
    /// votes that are left suffice. An image that is decided stays as it is: RedecideTask decides a completed
    /// task again from the votes that are left, also by the method of the last time; images without any keep
    /// their label, and AdjudicateImage sets it. Repeating the call is harmless.
    ///
    /// `POST /v1/tasks/{task_id}/operators/{operator}:exclude`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn exclude_operator(
        &self,
        request: subtasks::ExcludeOperatorRequest,
    ) -> Result<subtasks::TaskOperator, Error> {
        self.unary(&EXCLUDE_OPERATOR, &request).await
    }

    /// Lets an operator who was paused in a task go on. Only gold images labeled from now on are judged.
    /// One who is not paused stays as they are.
    ///
    /// `POST /v1/tasks/{task_id}/operators/{operator}:resume`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn resume_operator(
        &self,
        request: subtasks::ResumeOperatorRequest,
    ) -> Result<subtasks::TaskOperator, Error> {
        self.unary(&RESUME_OPERATOR, &request).await
    }

    /// The bytes of an image that the operator holds a lease of: upright, without anything that can't be seen, and with at
    /// most 1,600 pixels on its longer side (a GIF as many as it has).
    ///
    /// `GET /v1/subtasks/{subtask_id}/image`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_subtask_image(
        &self,
        request: subtasks::GetSubtaskImageRequest,
    ) -> Result<crate::Answers<bytes::Bytes>, Error> {
        self.bytes(&GET_SUBTASK_IMAGE, &request).await
    }

    /// Streams everything that this service stores about the user who calls, record by record: what they hold or gave
    /// back, skipped and voted, by the ids by which they know the images; leases that ran out; how they stand in
    /// tasks; and labels that they have set as an owner or an administrator. Neither whether a vote counts nor
    /// whether an image was gold is told, and how many gold images were labeled right is not before the end of the
    /// task. Each record is as it was when it was read; what is voted for meanwhile may be told twice, as held and as
    /// voted.
    ///
    /// `GET /v1/me/data/votes`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn export_my_votes(
        &self,
        request: subtasks::ExportMyVotesRequest,
    ) -> Result<crate::Answers<subtasks::VoteRecord>, Error> {
        self.stream(&EXPORT_MY_VOTES, &request).await
    }
}
