//! The trace of a change travels with its events (W3C trace context).

use std::collections::HashMap;

use async_nats::HeaderMap;
use opentelemetry::propagation::Extractor;
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry::{Context, global};
use serde::{Deserialize, Serialize};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The place in a trace where something was asked for, as headers, to be kept with it until it is done. Empty where
/// nothing is traced.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Trace(HashMap<String, String>);

impl Trace {
    /// The present span's place.
    #[must_use]
    pub fn current() -> Self {
        Self::of(&Span::current().context())
    }

    /// The place in which an event was written.
    pub(crate) fn of_headers(headers: &HeaderMap) -> Self {
        Self::of(&extract(headers))
    }

    /// Writes it among the headers of an event.
    pub(crate) fn write(self, headers: &mut HeaderMap) {
        for (name, value) in self.0 {
            headers.insert(name.as_str(), value);
        }
    }

    fn of(context: &Context) -> Self {
        let mut headers = HashMap::new();
        global::get_text_map_propagator(|propagator| propagator.inject_context(context, &mut headers));
        Self(headers)
    }

    /// Makes `span` a part of this trace.
    pub fn goes_on_in(&self, span: &Span) {
        let context = global::get_text_map_propagator(|propagator| propagator.extract(&self.0));
        // Without a subscriber that exports traces there is nothing to be part of.
        let _ = span.set_parent(context);
    }
}

/// Makes `span` a part of the trace that an event was written in, or links it to those of several.
pub(crate) fn follow<'a>(span: &Span, mut headers: impl ExactSizeIterator<Item = &'a HeaderMap>) {
    if headers.len() == 1 {
        let context = headers.next().map(extract).unwrap_or_default();
        // Without a subscriber that exports traces there is nothing to be part of.
        let _ = span.set_parent(context);
        return;
    }
    for context in headers.map(extract) {
        let origin = context.span().span_context().clone();
        if origin.is_valid() {
            span.add_link(origin);
        }
    }
}

fn extract(headers: &HeaderMap) -> Context {
    global::get_text_map_propagator(|propagator| propagator.extract(&Headers(headers)))
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|value| value.as_str())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_ref()).collect()
    }
}
