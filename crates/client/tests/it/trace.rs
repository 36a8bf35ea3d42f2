//! The trace goes on at the peer.

use labelmesh_client::Options;
use opentelemetry::{
    global,
    trace::{TraceContextExt as _, TracerProvider as _},
};
use opentelemetry_sdk::{propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tracing::{Instrument as _, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::fake::{Answer, Server, get_task, peer};

#[tokio::test]
async fn a_call_within_a_span_carries_its_trace() {
    global::set_text_map_propagator(TraceContextPropagator::new());
    let provider = SdkTracerProvider::builder().build();
    let traces = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    // For the whole program: with a subscriber of one thread, a span that another test's thread meets first is
    // remembered as unwanted for all of them.
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(traces)).expect("set once");
    let server = Server::start(&[Answer::Ok]).await;
    let span = info_span!("story");
    let trace_id = span.context().span().span_context().trace_id().to_string();
    get_task(&peer(&[server.address], Options::default())).instrument(span).await.expect("answered");
    let asked = server.asked();
    let parent = asked[0].get("traceparent").and_then(|value| value.to_str().ok()).expect("a parent");
    assert!(parent.contains(&trace_id), "{parent} is not of {trace_id}");
}
