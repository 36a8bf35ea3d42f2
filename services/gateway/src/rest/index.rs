//! The index at the root: the name, the version and the routes.

use http::Response;
use labelmesh_transcode::Transcoder;
use tonic::body::Body;

use super::status;

/// The name, the version and the routes.
pub(super) fn answer(transcoder: &Transcoder) -> Response<Body> {
    let routes: Vec<_> = transcoder
        .routes()
        .iter()
        .map(|route| format!("{} {} -> {}", route.http_method(), route.template(), &route.path()[1..]))
        .collect();
    let index = serde_json::json!({
        "name": "labelmesh",
        "version": env!("CARGO_PKG_VERSION"),
        "grpc": "this port, also as gRPC-Web; reflection is on",
        "routes": routes,
    });
    status::json(index.to_string())
}
