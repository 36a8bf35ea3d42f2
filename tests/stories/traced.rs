//! One trace, from a vote at the edge to the mail that it causes.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context as _, Result};
use labelmesh_cluster::{Cluster, Service, Settings};
use labelmesh_sdk::{Client, Role};
use labelmesh_servers::http_client;
use labelmesh_testkit::{Serving, try_until};
use opentelemetry_proto::tonic::{
    collector::trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
    common::v1::any_value::Value,
    trace::v1::ResourceSpans,
};
use serde_json::json;
use tokio::sync::watch;
use tonic::{Request, Response, Status, transport::Server};

use crate::people::{lease, open_task, person};

const PATIENCE: Duration = Duration::from_secs(30);
/// The trace of the last vote, as a client's own tracing would name it.
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

/// Takes traces by OTLP, and keeps of one trace who took part: service and span.
struct Collector(watch::Sender<BTreeSet<(String, String)>>);

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        for spans in request.into_inner().resource_spans {
            let service = service_of(&spans);
            let spans = spans.scope_spans.into_iter().flat_map(|scope| scope.spans);
            let ours = spans.filter(|span| hex::encode(&span.trace_id) == TRACE);
            self.0.send_modify(|seen| seen.extend(ours.map(|span| (service.clone(), span.name))));
        }
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

fn service_of(spans: &ResourceSpans) -> String {
    let attributes = spans.resource.iter().flat_map(|resource| &resource.attributes);
    let name =
        attributes.filter(|attribute| attribute.key == "service.name").find_map(|name| name.value.clone()?.value);
    match name {
        Some(Value::StringValue(name)) => name,
        _ => String::new(),
    }
}

/// Starts a collector; says what it has seen.
async fn collector() -> (Serving, watch::Receiver<BTreeSet<(String, String)>>) {
    let (sender, seen) = watch::channel(BTreeSet::new());
    let server = Server::builder().add_service(TraceServiceServer::new(Collector(sender)));
    (Serving::start(server).await, seen)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_goes_from_a_vote_over_http_grpc_and_nats_to_the_mail() -> Result<()> {
    let (collector, mut seen) = collector().await;
    let endpoint = |service: Service| {
        (format!("{}__BASICS__TELEMETRY__OTLP_ENDPOINT", service.name().to_uppercase()), collector.uri().to_string())
    };
    let mut settings = Settings::for_tests()?;
    settings.environment = Service::ALL.into_iter().map(endpoint).collect();
    // Spans are sent when they end, not five seconds later.
    settings.environment.push(("OTEL_BSP_SCHEDULE_DELAY".to_owned(), "100".to_owned()));
    let cluster = Cluster::start(settings).await?;
    let client = person(&cluster, "traced-client", Role::Client).await?;
    let operator = person(&cluster, "traced-operator", Role::Operator).await?;
    open_task(&client, "Traced", 1, 1).await?;
    let subtask = leased(&operator).await?;

    let vote = http_client()
        .post(format!("{}/v1/subtasks/{subtask}:vote", cluster.gateway()))
        .bearer_auth(operator.token().context("signed in")?)
        .header("traceparent", format!("00-{TRACE}-00f067aa0ba902b7-01"))
        .json(&json!({"label": "cat"}));
    vote.send().await?.error_for_status()?;

    // The vote's service tells of the decision, tasks completes and tells of that, and notify asks users for the
    // address.
    let everybody = ["gateway", "subtasks", "tasks", "notify", "users"];
    let whole = seen.wait_for(|seen| {
        everybody.iter().all(|name| seen.iter().any(|(service, _)| service == name))
            && seen.contains(&("notify".to_owned(), "deliver mail".to_owned()))
    });
    let whole = tokio::time::timeout(PATIENCE, whole).await.map(drop);
    assert!(whole.is_ok(), "the trace is not whole: {:?}", seen.borrow());
    Ok(())
}

/// Leases the one image, as soon as it was announced.
async fn leased(operator: &Client) -> Result<String> {
    try_until("the image", async || {
        Ok(lease(operator, 1).await?.leases.into_iter().next().map(|lease| lease.subtask_id))
    })
    .await
}
