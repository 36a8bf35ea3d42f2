//! Health and reflection, for whoever is outside: few at once, and none for long.

use std::time::Duration;

use futures::FutureExt as _;
use http::{Request, Response};
use http_body_util::Limited;
use labelmesh_errors::{Error, Reason};
use tokio::time::{Instant, sleep_until, timeout_at};
use tonic::{Status, body::Body};
use tower::ServiceExt as _;

use crate::{app::App, client::Client, lifeline::Tied};

/// How long such a call may last.
const LONGEST: Duration = Duration::from_secs(30);
/// How much may be asked in one of them.
const LARGEST: usize = 256 << 10;
/// It has no end of its own. Whoever watches over the gateway asks its admin port.
const WATCH: &str = "/grpc.health.v1.Health/Watch";

/// Answers a call about the gateway itself.
pub(crate) async fn call(app: &App, request: Request<Body>) -> Response<Body> {
    answer(app, request).await.unwrap_or_else(Status::into_http)
}

async fn answer(app: &App, request: Request<Body>) -> Result<Response<Body>, Status> {
    if request.uri().path() == WATCH {
        return Err(Error::new(Reason::MethodUnknown, "there is no such method").into());
    }
    let end = Instant::now() + LONGEST;
    let (head, body) = request.into_parts();
    app.places.admit_platform(&Client::of(&head)?.seat)?;
    let request = Request::from_parts(head, Body::new(Limited::new(body, LARGEST)));
    let Ok(response) = timeout_at(end, app.platform.clone().oneshot(request)).await.map_err(|_| too_long())?;
    let ended = async move {
        sleep_until(end).await;
        too_long().into()
    };
    Ok(response.map(|body| Body::new(Tied::new(Body::new(body), ended.boxed()))))
}

fn too_long() -> Error {
    Error::new(Reason::DeadlineExceeded, "health and reflection are answered for a short time only")
}
