//! The trace of a change goes on where its event is applied.

use std::sync::Once;

use labelmesh_events::{Delivery, Event as _, Work};
use labelmesh_proto::tasks::v1::TaskOpened;
use opentelemetry::trace::{TraceContextExt as _, TraceId, TracerProvider as _};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::sync::mpsc::unbounded_channel;
use tracing::{Instrument as _, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::fixture::{PATIENCE, System};

fn present_trace() -> TraceId {
    Span::current().context().span().span_context().trace_id()
}

/// Traces this whole process: a subscriber of one thread among others without any is not told of every span.
pub(crate) fn install() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
        let tracer = SdkTracerProvider::builder().build().tracer("test");
        let layer = tracing_opentelemetry::layer().with_tracer(tracer).with_filter(LevelFilter::INFO);
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::set_global_default(subscriber).expect("nobody else installs one");
    });
}

#[tokio::test]
async fn a_trace_crosses_the_broker() {
    let system = System::start().await;
    let (sender, mut seen) = unbounded_channel();
    let handler = move |_: Vec<Delivery>| {
        let sender = sender.clone();
        async move {
            sender.send(present_trace()).expect("a test that listens");
            Ok(())
        }
    };
    tokio::spawn(Work::new(&system.bus, "traced", &[TaskOpened::SUBJECT]).run(handler, system.stop()));
    system.start_relay();
    let expected = async {
        system.open_task(1).await.expect("a commit");
        present_trace()
    };
    let expected = expected.instrument(tracing::info_span!("change")).await;
    assert_ne!(expected, TraceId::INVALID);
    let seen = tokio::time::timeout(PATIENCE, seen.recv()).await.expect("an event");
    assert_eq!(seen, Some(expected));
}
