//! The RPCs of the audit record.

use chrono::{DateTime, Utc};
use futures::StreamExt as _;
use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_proto::{
    auth::v1::{ExportActsRequest, ListActsRequest, ListActsResponse, RecordedAct, audit_service_server::AuditService},
    time, timestamp,
    r#type::v1::{self as wire, FieldChange},
};
use labelmesh_seal::PageRequest;
use labelmesh_server::caller;
use prost_types::Timestamp;
use tonic::{Request, Response, Status, codegen::BoxStream};

use crate::{
    app::{self, App},
    domain::{Act, ActFilter},
};

/// The service as tonic calls it.
#[derive(Debug)]
pub(crate) struct Audit(pub(crate) App);

#[tonic::async_trait]
impl AuditService for Audit {
    async fn list_acts(&self, request: Request<ListActsRequest>) -> Result<Response<ListActsResponse>, Status> {
        let caller = caller(&request)?;
        let ListActsRequest { page_size, page_token, actor_id, subject_id, method, from, until } = request.into_inner();
        let filter = filter(&actor_id, &subject_id, method, from, until)?;
        let page = PageRequest { principal: &caller.principal, size: page_size, token: &page_token };
        let (acts, next_page_token) = app::list_acts(&self.0, caller.reach.everything()?, &filter, &page).await?;
        Ok(Response::new(ListActsResponse { acts: acts.into_iter().map(Into::into).collect(), next_page_token }))
    }

    async fn export_acts(
        &self,
        request: Request<ExportActsRequest>,
    ) -> Result<Response<BoxStream<RecordedAct>>, Status> {
        let everything = caller(&request)?.reach.everything()?;
        let ExportActsRequest { actor_id, subject_id, method, from, until } = request.into_inner();
        let filter = filter(&actor_id, &subject_id, method, from, until)?;
        let acts = app::export_acts(&self.0, everything, filter);
        Ok(Response::new(acts.map(|act| act.map(RecordedAct::from).map_err(Status::from)).boxed()))
    }
}

fn filter(
    actor_id: &str,
    subject_id: &str,
    method: String,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Result<ActFilter> {
    let given = |text: &str| !text.is_empty();
    Ok(ActFilter {
        actor: given(actor_id).then(|| parse_field("actor_id", actor_id)).transpose()?,
        subject: given(subject_id).then(|| parse_field("subject_id", subject_id)).transpose()?,
        method: Some(method).filter(|method| given(method)),
        from: moment("from", from)?,
        until: moment("until", until)?,
    })
}

fn moment(field: &str, given: Option<Timestamp>) -> Result<Option<DateTime<Utc>>> {
    let Some(given) = given else { return Ok(None) };
    time(Some(given)).map(Some).ok_or_else(|| Error::invalid(field, "must be a time"))
}

impl From<Act> for RecordedAct {
    fn from(act: Act) -> Self {
        let changes = act.changes.into_iter();
        let changes =
            changes.map(|change| FieldChange { field: change.field, before: change.before, after: change.after });
        Self {
            act_id: act.id.to_string(),
            act: Some(wire::Act {
                actor: act.actor,
                method: act.method,
                subject_id: act.subject_id.map(|id| id.to_string()).unwrap_or_default(),
                address: act.address.unwrap_or_default(),
                request_id: act.request_id,
                acted_at: Some(timestamp(act.acted_at)),
                changes: changes.collect(),
                about_user_id: act.about_id.map(|id| id.to_string()).unwrap_or_default(),
            }),
        }
    }
}
