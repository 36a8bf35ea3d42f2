//! The RPCs.

use futures::{StreamExt as _, TryStreamExt as _};
use labelmesh_consensus::Method;
use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_identity::Principal;
use labelmesh_ids::UserId;
use labelmesh_proto::subtasks::v1::{
    AdjudicateImageRequest, Agreement, Decision, ExcludeOperatorRequest, ExportMyVotesRequest, ExtendLeasesRequest,
    ExtendLeasesResponse, GetAgreementRequest, GetHoldsRequest, GetMyStatisticsRequest, GetMyStatisticsResponse,
    GetRedecisionRequest, GetSubtaskImageRequest, ImportDecisionsRequest, ImportDecisionsResponse, ImportVotesRequest,
    ImportVotesResponse, LeaseSubtasksRequest, LeaseSubtasksResponse, ListDecisionsRequest, ListDecisionsResponse,
    ListMyVotesRequest, ListMyVotesResponse, ListOpenTasksRequest, ListOpenTasksResponse, ListOperatorsRequest,
    ListOperatorsResponse, ListSkipsRequest, ListSkipsResponse, ListVotesRequest, ListVotesResponse,
    PauseOperatorRequest, RedecideTaskRequest, Redecision, ReleaseSubtasksRequest, ReleaseSubtasksResponse,
    ResumeOperatorRequest, SkipSubtaskRequest, SkipSubtaskResponse, TaskHolds, TaskOperator, VoteManyRequest,
    VoteManyResponse, VoteRecord, VoteRequest, VoteResponse, subtask_service_server::SubtaskService,
};
use labelmesh_proto::timestamp;
use labelmesh_proto::{body, google::api::HttpBody};
use labelmesh_seal::PageRequest;
use labelmesh_server::{Caller, caller, files};
use tonic::{Request, Response, Status, Streaming, codegen::BoxStream};

use super::{
    convert,
    import::{self, UNREAD_REPORTS},
};
use crate::app::importing::{admit, decisions::import_decisions, votes::import_votes};
use crate::app::{
    App, Operator,
    closing::{adjudicate, redecide},
    handing_out::{exclude, extend, image, lease, pause, release, resume, skip},
    reading::{
        agreement, export_votes, holds, list_decisions, list_my_votes, list_open_tasks, list_skips, list_votes,
        operators, statistics,
    },
    voting::vote::{self, Ballot},
};
use crate::domain::Ruling;

/// The service as tonic calls it.
#[derive(Debug, Clone)]
pub(crate) struct Subtasks(pub(crate) App);

/// The operator who calls, and the message.
fn operator<T>(request: Request<T>) -> Result<(Operator, T), Status> {
    let caller = caller(&request)?;
    Ok((Operator::of(caller.reach)?.at(caller.address), request.into_inner()))
}

/// The page that a caller asks for.
fn page<'a>(caller: &'a Caller, size: i32, token: &'a str) -> PageRequest<'a> {
    PageRequest { principal: &caller.principal, size, token }
}

/// The user who calls.
fn person(principal: &Principal) -> Result<UserId> {
    // The contract lets users alone call what asks for one.
    principal.user().map(|user| user.user_id).ok_or_else(|| Error::not_found("user"))
}

#[tonic::async_trait]
impl SubtaskService for Subtasks {
    async fn lease_subtasks(
        &self,
        request: Request<LeaseSubtasksRequest>,
    ) -> Result<Response<LeaseSubtasksResponse>, Status> {
        let (operator, request) = operator(request)?;
        let leased = lease::lease(&self.0, operator, request.count).await?;
        let mut leases = Vec::with_capacity(leased.held.len());
        let images: Vec<_> = leased.held.iter().map(|held| held.subtask_id).collect();
        let handles = convert::handles(&self.0, operator, &images).await?;
        for (held, handle) in leased.held.into_iter().zip(handles) {
            let image_url = image::image_url(&self.0, &held, handle).await?;
            let task = leased.tasks.iter().find(|texts| texts.task_id == held.task_id);
            leases.push(convert::lease(held, task.filter(|_| !request.tasks_apart), handle, image_url));
        }
        let shortage = leased.shortage.as_ref().map(convert::shortage);
        let tasks = if request.tasks_apart { leased.tasks } else { Vec::new() };
        let tasks = tasks.into_iter().map(convert::leased_task).collect();
        Ok(Response::new(LeaseSubtasksResponse { leases, shortage, tasks }))
    }

    async fn extend_leases(
        &self,
        request: Request<ExtendLeasesRequest>,
    ) -> Result<Response<ExtendLeasesResponse>, Status> {
        let (operator, request) = operator(request)?;
        let images = convert::images(&self.0, operator, "subtask_ids", &request.subtask_ids).await?;
        let (images, ends): (Vec<_>, Vec<_>) = extend::extend(&self.0, operator, &images).await?.into_iter().unzip();
        let handles = convert::handles(&self.0, operator, &images).await?;
        let leases = handles.into_iter().zip(ends).map(|(handle, end)| convert::extended(handle, end)).collect();
        Ok(Response::new(ExtendLeasesResponse { leases }))
    }

    async fn release_subtasks(
        &self,
        request: Request<ReleaseSubtasksRequest>,
    ) -> Result<Response<ReleaseSubtasksResponse>, Status> {
        let (operator, request) = operator(request)?;
        let images = convert::images(&self.0, operator, "subtask_ids", &request.subtask_ids).await?;
        release::release(&self.0, operator, &images).await?;
        Ok(Response::new(ReleaseSubtasksResponse {}))
    }

    async fn skip_subtask(
        &self,
        request: Request<SkipSubtaskRequest>,
    ) -> Result<Response<SkipSubtaskResponse>, Status> {
        let (operator, request) = operator(request)?;
        let image = convert::image(&self.0, operator, "subtask_id", &request.subtask_id).await?;
        skip::skip(&self.0, operator, image, convert::skip_reason(request.reason())).await?;
        Ok(Response::new(SkipSubtaskResponse {}))
    }

    async fn vote(&self, request: Request<VoteRequest>) -> Result<Response<VoteResponse>, Status> {
        let (operator, request) = operator(request)?;
        let subtask_id = convert::image(&self.0, operator, "subtask_id", &request.subtask_id).await?;
        let outcome = vote::vote(&self.0, operator, Ballot { subtask_id, label: request.label }).await?;
        Ok(Response::new(VoteResponse { outcome: convert::outcome(outcome).into() }))
    }

    async fn vote_many(&self, request: Request<VoteManyRequest>) -> Result<Response<VoteManyResponse>, Status> {
        let (operator, request) = operator(request)?;
        let ballots = convert::ballots(&self.0, operator, &request.votes).await?;
        let judged = vote::vote_many(&self.0, operator, &ballots).await?;
        let named = request.votes.into_iter().map(|vote| vote.subtask_id);
        let results = named.zip(judged).map(|(id, judged)| convert::vote_result(id, judged));
        Ok(Response::new(VoteManyResponse { results: results.collect() }))
    }

    async fn get_my_statistics(
        &self,
        request: Request<GetMyStatisticsRequest>,
    ) -> Result<Response<GetMyStatisticsResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.get_ref();
        let asked = page(&caller, request.page_size, &request.page_token);
        let page = statistics::statistics(&self.0, Operator::of(caller.reach)?, &asked).await?;
        Ok(Response::new(GetMyStatisticsResponse {
            tasks: page.tasks.into_iter().map(convert::statistics).collect(),
            next_page_token: page.next_page_token,
            compared_until: Some(timestamp(page.compared_until)),
        }))
    }

    async fn list_open_tasks(
        &self,
        request: Request<ListOpenTasksRequest>,
    ) -> Result<Response<ListOpenTasksResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.get_ref();
        let page = page(&caller, request.page_size, &request.page_token);
        let listed = list_open_tasks::list_open_tasks(&self.0, Operator::of(caller.reach)?, &page).await?;
        let (tasks, next_page_token) = listed;
        let tasks = tasks.into_iter().map(convert::open_task).collect();
        Ok(Response::new(ListOpenTasksResponse { tasks, next_page_token }))
    }

    async fn list_my_votes(
        &self,
        request: Request<ListMyVotesRequest>,
    ) -> Result<Response<ListMyVotesResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.get_ref();
        let task = parse_field("task_id", &request.task_id)?;
        let page = page(&caller, request.page_size, &request.page_token);
        let operator = Operator::of(caller.reach)?;
        let (votes, next_page_token) = list_my_votes::list_my_votes(&self.0, operator, task, &page).await?;
        let images: Vec<_> = votes.iter().map(|vote| vote.subtask_id).collect();
        let handles = convert::handles(&self.0, operator, &images).await?;
        let votes = handles.into_iter().zip(votes).map(|(handle, vote)| convert::my_vote(handle, vote)).collect();
        Ok(Response::new(ListMyVotesResponse { votes, next_page_token }))
    }

    async fn list_votes(&self, request: Request<ListVotesRequest>) -> Result<Response<ListVotesResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.get_ref();
        let task = parse_field("task_id", &request.task_id)?;
        let page = page(&caller, request.page_size, &request.page_token);
        let (votes, next_page_token) = list_votes::list_votes(&self.0, caller.reach, task, &page).await?;
        let votes = votes.into_iter().map(convert::given_vote).collect();
        Ok(Response::new(ListVotesResponse { votes, next_page_token }))
    }

    async fn list_skips(&self, request: Request<ListSkipsRequest>) -> Result<Response<ListSkipsResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.get_ref();
        let task = parse_field("task_id", &request.task_id)?;
        let page = page(&caller, request.page_size, &request.page_token);
        let (skips, next_page_token) = list_skips::list_skips(&self.0, caller.reach, task, &page).await?;
        let skips = skips.into_iter().map(convert::skipped_image).collect();
        Ok(Response::new(ListSkipsResponse { skips, next_page_token }))
    }

    async fn list_decisions(
        &self,
        request: Request<ListDecisionsRequest>,
    ) -> Result<Response<ListDecisionsResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.get_ref();
        let task = parse_field("task_id", &request.task_id)?;
        let image = parse_field("image_id", &request.image_id)?;
        let page = page(&caller, request.page_size, &request.page_token);
        let listed = list_decisions::list_decisions(&self.0, caller.reach, task, image, &page).await?;
        let (decisions, next_page_token) = listed;
        let decisions = decisions.into_iter().map(convert::decision).collect();
        Ok(Response::new(ListDecisionsResponse { decisions, next_page_token }))
    }

    async fn adjudicate_image(&self, request: Request<AdjudicateImageRequest>) -> Result<Response<Decision>, Status> {
        let caller = caller(&request)?;
        let (reach, by) = (caller.reach, person(&caller.principal)?);
        let request = request.into_inner();
        let task = parse_field("task_id", &request.task_id)?;
        let image = parse_field("image_id", &request.image_id)?;
        let ruling = Ruling { by, comment: request.comment };
        let kept = adjudicate::adjudicate(&self.0, reach, task, image, &request.label, &ruling).await?;
        Ok(Response::new(convert::decision(kept)))
    }

    async fn get_holds(&self, request: Request<GetHoldsRequest>) -> Result<Response<TaskHolds>, Status> {
        let reach = caller(&request)?.reach;
        let task = parse_field("task_id", &request.get_ref().task_id)?;
        Ok(Response::new(convert::holds(task, &holds::holds(&self.0, reach, task).await?)))
    }

    async fn list_operators(
        &self,
        request: Request<ListOperatorsRequest>,
    ) -> Result<Response<ListOperatorsResponse>, Status> {
        let caller = caller(&request)?;
        let request = request.get_ref();
        let task = parse_field("task_id", &request.task_id)?;
        let page = page(&caller, request.page_size, &request.page_token);
        let (operators, next_page_token) = operators::list_operators(&self.0, caller.reach, task, &page).await?;
        let operators = operators.into_iter().map(convert::task_operator).collect();
        Ok(Response::new(ListOperatorsResponse { operators, next_page_token }))
    }

    async fn pause_operator(&self, request: Request<PauseOperatorRequest>) -> Result<Response<TaskOperator>, Status> {
        let reach = caller(&request)?.reach;
        let request = request.into_inner();
        let task = parse_field("task_id", &request.task_id)?;
        let paused = pause::pause_operator(&self.0, reach, task, &request.operator).await?;
        Ok(Response::new(convert::task_operator(paused)))
    }

    async fn exclude_operator(
        &self,
        request: Request<ExcludeOperatorRequest>,
    ) -> Result<Response<TaskOperator>, Status> {
        let reach = caller(&request)?.reach;
        let request = request.into_inner();
        let task = parse_field("task_id", &request.task_id)?;
        let excluded = exclude::exclude_operator(&self.0, reach, task, &request.operator).await?;
        Ok(Response::new(convert::task_operator(excluded)))
    }

    async fn resume_operator(&self, request: Request<ResumeOperatorRequest>) -> Result<Response<TaskOperator>, Status> {
        let reach = caller(&request)?.reach;
        let request = request.into_inner();
        let task = parse_field("task_id", &request.task_id)?;
        let resumed = resume::resume_operator(&self.0, reach, task, &request.operator).await?;
        Ok(Response::new(convert::task_operator(resumed)))
    }

    async fn import_votes(
        &self,
        request: Request<Streaming<ImportVotesRequest>>,
    ) -> Result<Response<BoxStream<ImportVotesResponse>>, Status> {
        let reach = caller(&request)?.reach;
        let (task, pieces) = import::begin(request.into_inner(), |request| (request.task_id, request.part)).await?;
        // Before the stream begins, so that a call that can't succeed fails as a whole.
        admit(&self.0, reach, task).await?;
        let app = self.0.clone();
        let work = |reports| async move { import_votes(&app, reach, task, pieces, reports).await };
        Ok(Response::new(files::reports(UNREAD_REPORTS, work, import::of_votes)))
    }

    async fn import_decisions(
        &self,
        request: Request<Streaming<ImportDecisionsRequest>>,
    ) -> Result<Response<BoxStream<ImportDecisionsResponse>>, Status> {
        let reach = caller(&request)?.reach;
        let (task, pieces) = import::begin(request.into_inner(), |request| (request.task_id, request.part)).await?;
        // Before the stream begins, so that a call that can't succeed fails as a whole.
        admit(&self.0, reach, task).await?;
        let app = self.0.clone();
        let work = |reports| async move { import_decisions(&app, reach, task, pieces, reports).await };
        Ok(Response::new(files::reports(UNREAD_REPORTS, work, import::of_decisions)))
    }

    async fn redecide_task(&self, request: Request<RedecideTaskRequest>) -> Result<Response<Redecision>, Status> {
        let reach = caller(&request)?.reach;
        let request = request.into_inner();
        let task = parse_field("task_id", &request.task_id)?;
        let method = request.method.parse::<Method>().map_err(|error| Error::invalid("method", error.to_string()))?;
        let redecision = redecide::redecide(&self.0, reach, task, method).await?;
        Ok(Response::new(convert::redecision(redecision)))
    }

    async fn get_redecision(&self, request: Request<GetRedecisionRequest>) -> Result<Response<Redecision>, Status> {
        let reach = caller(&request)?.reach;
        let task = parse_field("task_id", &request.get_ref().task_id)?;
        Ok(Response::new(convert::redecision(redecide::progress(&self.0, reach, task).await?)))
    }

    async fn get_agreement(&self, request: Request<GetAgreementRequest>) -> Result<Response<Agreement>, Status> {
        let reach = caller(&request)?.reach;
        let task = parse_field("task_id", &request.get_ref().task_id)?;
        Ok(Response::new(convert::agreement(agreement::agreement(&self.0, reach, task).await?)))
    }

    async fn get_subtask_image(
        &self,
        request: Request<GetSubtaskImageRequest>,
    ) -> Result<Response<BoxStream<HttpBody>>, Status> {
        let (operator, request) = operator(request)?;
        let subtask = convert::image(&self.0, operator, "subtask_id", &request.subtask_id).await?;
        let image = image::image(&self.0, operator, subtask).await?;
        let (media_type, length) = (image.media_type, image.object.size);
        let pieces = image.object.into_stream().map_err(Error::into);
        let pieces =
            pieces.map_ok(move |data| HttpBody { content_type: media_type.clone(), data, extensions: Vec::new() });
        let mut response = Response::new(pieces.boxed());
        // No picture is empty: the store did not say how long it is.
        if length > 0 {
            response.metadata_mut().insert(body::LENGTH, length.into());
        }
        Ok(response)
    }
    async fn export_my_votes(
        &self,
        request: Request<ExportMyVotesRequest>,
    ) -> Result<Response<BoxStream<VoteRecord>>, Status> {
        let me = caller(&request)?.reach.owner().ok_or_else(|| Error::not_found("user"))?;
        let stored = export_votes::export_votes(&self.0, me);
        Ok(Response::new(stored.map(|one| one.map(VoteRecord::from).map_err(Status::from)).boxed()))
    }
}
