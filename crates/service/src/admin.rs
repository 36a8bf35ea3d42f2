//! The admin port: for whoever watches the service, not for the public.

use std::time::Duration;

use axum::{Json, Router, routing::get};
use http::StatusCode;
use serde_json::json;
use tokio::{net::TcpListener, sync::watch};

use crate::{metrics::recorder, readiness::Faults};
use labelmesh_server::{Draining, listen};

/// How often what was recorded is sorted into its buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// Serves `/livez`, `/readyz` and `/metrics` until told to end.
pub(crate) async fn serve(listener: TcpListener, faults: watch::Receiver<Faults>, end: Draining) {
    let app = Router::new()
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(move || async move { readyz(&faults.borrow()) }))
        .route("/metrics", get(metrics));
    tokio::select! {
        () = listen::serve(listener, app, listen::Bounds::default(), end, Duration::from_millis(500)) => {}
        () = keep_up() => {}
    }
}

/// Sorts what was recorded into its buckets now and then: it would pile up where nobody asks for metrics.
async fn keep_up() {
    let mut ticks = tokio::time::interval(UPKEEP);
    loop {
        ticks.tick().await;
        recorder().run_upkeep();
    }
}

fn readyz(faults: &Faults) -> (StatusCode, Json<serde_json::Value>) {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": faults.is_empty(), "faults": faults })))
}

async fn metrics() -> String {
    metrics_process::Collector::default().collect();
    let recorder = recorder();
    recorder.run_upkeep();
    recorder.render()
}
