//! The admin port: for whoever watches the service, not for the public.

use std::time::Duration;

use axum::{Json, Router, routing::get};
use http::StatusCode;
use serde_json::json;
use tokio::{net::TcpListener, sync::watch};

use crate::{metrics::recorder, readiness::Faults};
use labelmesh_server::{Draining, listen};

/// Serves `/livez`, `/readyz` and `/metrics` until told to end.
pub(crate) async fn serve(listener: TcpListener, faults: watch::Receiver<Faults>, end: Draining) {
    let app = Router::new()
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(move || async move { readyz(&faults.borrow()) }))
        .route("/metrics", get(metrics));
    listen::serve(listener, app, end, Duration::from_millis(500)).await;
}

fn readyz(faults: &Faults) -> (StatusCode, Json<serde_json::Value>) {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": faults.is_empty(), "faults": faults })))
}

async fn metrics() -> String {
    let recorder = recorder();
    // Drains what was recorded into its buckets; without it they grow until somebody asks.
    recorder.run_upkeep();
    recorder.render()
}
