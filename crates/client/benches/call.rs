//! `./dev bench call`: what a call costs through the client stack, against one through a bare channel of tonic's.
//!
//! The same generated client calls the same server over either, in turns, so that whatever else the machine does meets
//! both. What is compared is the CPU time of the thread that calls: the server has a thread of its own. Spans are
//! measured apart, since a bare channel has none.

use std::{convert::Infallible, fs, future::ready, io, net::SocketAddr, process::ExitCode, thread, time::Duration};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full};
use labelmesh_client::{Options, Peer, PeerService};
use labelmesh_clock::Random;
use labelmesh_proto::tasks::v1::{GetTaskRequest, task_service_client::TaskServiceClient};
use labelmesh_server::{
    Draining,
    listen::{Bounds, serve},
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use tokio::{net::TcpListener, runtime, sync::oneshot};
use tonic::{body::Body, client::GrpcService, transport::Channel};
use tracing_subscriber::{Registry, filter::LevelFilter, fmt, layer::SubscriberExt as _};

/// Calls in a turn, and turns.
const CALLS: usize = 2_000;
const TURNS: usize = 40;
/// A call through the stack may cost so many times what one through a bare channel does.
const LIMIT: f64 = 1.10;

fn main() -> ExitCode {
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench call: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Measures and prints; false where the stack costs too much.
fn measure() -> Result<bool> {
    let buckets = Matcher::Suffix("_seconds".to_owned());
    let recorder = PrometheusBuilder::new().set_buckets_for_metric(buckets, &[0.005, 0.05, 0.5, 5.0])?.build_recorder();
    metrics::set_global_recorder(recorder).context("no other recorder is set")?;
    let address = server()?;
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let mut within = true;
    println!("CPU of a call, microseconds (median of {TURNS} turns of {CALLS}):");
    println!("{:>12} {:>8} {:>8} {:>8} {:>14}", "at once", "bare", "stack", "ratio", "with spans");
    for at_once in [1, 32] {
        let [bare, stack, ratio, traced] = runtime.block_on(compare(address, at_once))?;
        println!("{at_once:>12} {bare:>8.2} {stack:>8.2} {ratio:>8.3} {traced:>14.2}");
        within &= ratio <= LIMIT;
    }
    if !within {
        println!("more than {LIMIT} times a bare channel");
    }
    Ok(within)
}

/// Microseconds of a bare call, of one through the stack, the ratio of both, and of one through the stack with spans.
async fn compare(address: SocketAddr, at_once: usize) -> Result<[f64; 4]> {
    let uri: http::Uri = format!("http://{address}").parse()?;
    let bare = Channel::builder(uri.clone()).connect().await?;
    let stack = Peer::new("tasks", vec![uri], Options::default(), Random::seeded(1)).plain();
    let mut costs = [const { Vec::new() }; 2];
    for turn in 0..=TURNS {
        let cost = [calls(&bare, at_once).await?, calls(&stack, at_once).await?];
        // The first turn connects and warms up.
        if turn > 0 {
            costs.iter_mut().zip(cost).for_each(|(costs, cost)| costs.push(cost));
        }
    }
    let ratios = costs[0].iter().zip(&costs[1]).map(|(bare, stack)| stack / bare).collect();
    let traced = traced(&stack, at_once).await?;
    let [bare, stack] = costs.map(median);
    Ok([bare, stack, median(ratios), traced])
}

/// Microseconds of a call whose spans a log in JSON would carry, as in the services.
async fn traced(stack: &PeerService, at_once: usize) -> Result<f64> {
    let log = fmt::layer().json().with_writer(io::sink);
    let _guard = tracing::subscriber::set_default(Registry::default().with(LevelFilter::INFO).with(log));
    let mut costs = Vec::new();
    for _ in 0..TURNS / 4 {
        costs.push(calls(stack, at_once).await?);
    }
    Ok(median(costs))
}

/// Makes calls, so many at once, and returns the microseconds of CPU that each has cost this thread.
async fn calls<S>(service: &S, at_once: usize) -> Result<f64>
where
    S: GrpcService<Body, Future: Send> + Clone,
    S::ResponseBody: http_body::Body<Data = Bytes, Error: Into<tonic::codegen::StdError> + Send> + Send + 'static,
{
    let before = used()?;
    let calls = (0..CALLS).map(|_| {
        let mut client = TaskServiceClient::new(service.clone());
        async move { client.get_task(GetTaskRequest { task_id: "019a7c7e-0000-7000-8000-000000000000".into() }).await }
    });
    let mut answers = stream::iter(calls).buffer_unordered(at_once);
    while let Some(answer) = answers.next().await {
        answer?;
    }
    Ok((used()? - before).as_nanos() as f64 / 1_000.0 / CALLS as f64)
}

/// The CPU time of this thread.
fn used() -> Result<Duration> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").context("CPU time is read from Linux's /proc")?;
    let nanoseconds =
        text.split(' ').next().and_then(|number| number.parse().ok()).context("it begins with a number")?;
    Ok(Duration::from_nanos(nanoseconds))
}

fn median(mut costs: Vec<f64>) -> f64 {
    costs.sort_by(f64::total_cmp);
    costs[costs.len() / 2]
}

/// Starts a server on a thread of its own that has the same answer to everything: an empty message.
fn server() -> Result<SocketAddr> {
    let (told, address) = oneshot::channel();
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    thread::spawn(move || {
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            let _ = told.send(listener.local_addr().expect("bound"));
            let empty = tower::service_fn(|request: Request<Body>| async {
                let _ = request.into_body().collect().await;
                Ok::<_, Infallible>(answer())
            });
            serve(listener, empty, Bounds::default(), Draining::default(), Duration::ZERO).await;
        });
    });
    Ok(address.blocking_recv()?)
}

fn answer() -> Response<Body> {
    let trailers = HeaderMap::from_iter([(tonic::Status::GRPC_STATUS.clone(), HeaderValue::from_static("0"))]);
    let message = Full::new(Bytes::from_static(&[0; 5])).with_trailers(ready(Some(Ok(trailers))));
    let mut response = Response::new(Body::new(message));
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
    response
}
