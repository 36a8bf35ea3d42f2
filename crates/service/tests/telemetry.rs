//! Traces reach a collector. A process of its own, since telemetry is set up once for all of it.

use std::time::Duration;

use axum::{Router, routing::any};
use http::Request;
use labelmesh_server::{Draining, listen};
use labelmesh_service::telemetry::{Telemetry, init};
use tokio::{net::TcpListener, sync::mpsc, time::timeout};
use tonic::Status;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spans_are_sent_to_the_collector_at_the_latest_when_the_process_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("bound"));
    let (tell, mut exported) = mpsc::unbounded_channel();
    let collector = Router::new().fallback(any(move |request: Request<axum::body::Body>| {
        let _ = tell.send(request.uri().path().to_owned());
        async { Status::ok("").into_http::<axum::body::Body>() }
    }));
    tokio::spawn(listen::serve(listener, collector, listen::Bounds::default(), Draining::default(), Duration::ZERO));
    let guard = init("tasks", &Telemetry { otlp_endpoint: Some(endpoint), ..Telemetry::default() }).expect("set up");
    tracing::info_span!("call").in_scope(|| tracing::info!("something happens"));
    tokio::task::spawn_blocking(move || drop(guard)).await.expect("sent");
    let path = timeout(Duration::from_secs(10), exported.recv()).await.expect("in time").expect("sent");
    assert_eq!(path, "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
}
