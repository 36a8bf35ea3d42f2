//! Logs and traces of the process.

mod json;

use anyhow::{Context as _, Result};
use labelmesh_server::SECURITY;
use opentelemetry::{KeyValue, global, trace::TracerProvider as _};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};
use serde::Deserialize;
use tracing_subscriber::{EnvFilter, Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use self::json::Json;
use crate::panics::is_contained;

/// The section `telemetry`.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Telemetry {
    /// Where traces are sent, by OTLP over gRPC, such as `http://collector:4317`; without it, nowhere.
    pub otlp_endpoint: Option<String>,
    /// How many of the traces that begin here are kept, from 0 to 1: 1. Those that begin elsewhere follow their
    /// beginning.
    pub trace_ratio: f64,
    /// What is logged, such as `info,sqlx=warn`: info. The security log is written in any case.
    pub log_filter: String,
    /// How it is logged: json, or text for people.
    pub log_format: LogFormat,
}

/// How is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Text,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { otlp_endpoint: None, trace_ratio: 1.0, log_filter: "info".into(), log_format: LogFormat::Json }
    }
}

/// Sends what is left when it is dropped.
#[must_use = "what is left is sent when it is dropped"]
#[derive(Debug)]
pub struct Guard(SdkTracerProvider);

/// Sets up logs and traces for the process. Once: for `main`, not for services.
///
/// # Errors
/// Fails where the filter or the endpoint is not valid, or it was done before.
pub fn init(service: &'static str, config: &Telemetry) -> Result<Guard> {
    let provider = provider(service, config)?;
    global::set_text_map_propagator(TraceContextPropagator::new());
    let filter = EnvFilter::try_new(&config.log_filter).context("telemetry.log_filter is not a filter")?;
    // Whatever else is left out.
    let filter = filter.add_directive(format!("{SECURITY}=info").parse()?);
    let logs = match config.log_format {
        LogFormat::Json => tracing_subscriber::fmt::layer().event_format(Json::new(service)).boxed(),
        LogFormat::Text => tracing_subscriber::fmt::layer().with_target(false).boxed(),
    };
    // Spans are collected whatever is logged, so that every line can name its trace.
    let traces = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(service))
        .with_filter(tracing_subscriber::filter::LevelFilter::INFO);
    tracing_subscriber::registry().with(logs.with_filter(filter)).with(traces).try_init()?;
    log_panics();
    Ok(Guard(provider))
}

fn provider(service: &'static str, config: &Telemetry) -> Result<SdkTracerProvider> {
    let instance = std::env::var("HOSTNAME").unwrap_or_default();
    let resource = Resource::builder()
        .with_service_name(service)
        .with_attribute(KeyValue::new("service.namespace", "labelmesh"))
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attribute(KeyValue::new("service.instance.id", format!("{instance}:{}", std::process::id())));
    let sampler = Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(config.trace_ratio)));
    let builder = SdkTracerProvider::builder().with_resource(resource.build()).with_sampler(sampler);
    let Some(endpoint) = &config.otlp_endpoint else { return Ok(builder.build()) };
    let exporter = SpanExporter::builder().with_tonic().with_endpoint(endpoint).build();
    Ok(builder.with_batch_exporter(exporter.context("telemetry.otlp_endpoint can't be used")?).build())
}

/// A panic is a line of the log like any other.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string);
        let message = panic.payload_as_str().unwrap_or("not with a text");
        if is_contained() {
            tracing::warn!(panic.message = message, panic.location = location, "a library panicked at its input");
        } else {
            tracing::error!(panic.message = message, panic.location = location, "panicked");
        }
    }));
}

impl Drop for Guard {
    fn drop(&mut self) {
        // Nobody is left to hear of a failure.
        let _ = self.0.shutdown();
    }
}
