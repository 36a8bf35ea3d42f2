//! The one port: what kind of call a request is, and who answers it.

use std::{convert::Infallible, sync::Arc};

use http::{Request, Response};
use labelmesh_errors::Error;
use tonic::{Status, body::Body};
use tonic_web::GrpcWebLayer;
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::{app::App, call::content_type, grpc, platform, rest, web};

/// What kind of call a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Over gRPC, for a service.
    Grpc,
    /// The same as browsers can send it.
    GrpcWeb,
    /// Over gRPC, for the gateway itself: health and reflection.
    Platform,
    /// Everything else.
    Rest,
}

impl Kind {
    pub(crate) fn of(request: &Request<Body>) -> Self {
        let path = request.uri().path();
        let platform = path.starts_with("/grpc.health.v1.") || path.starts_with("/grpc.reflection.");
        let kind = content_type(request.headers()).unwrap_or_default().to_ascii_lowercase();
        if kind.starts_with("application/grpc-web") {
            Self::GrpcWeb
        } else if !kind.starts_with("application/grpc") {
            Self::Rest
        } else if platform {
            Self::Platform
        } else {
            Self::Grpc
        }
    }

    /// Answers a request of this kind.
    pub(crate) async fn answer(self, app: Arc<App>, request: Request<Body>) -> Response<Body> {
        match self {
            Self::Rest => rest::call(&app, request).await,
            Self::Grpc | Self::Platform => answer_grpc(&app, request).await,
            Self::GrpcWeb => {
                let inner = service_fn(move |request| {
                    let app = app.clone();
                    async move { Ok::<_, Infallible>(answer_grpc(&app, request).await) }
                });
                let Ok(response) = GrpcWebLayer::new().layer(inner).oneshot(web::understood(request)).await;
                response
            }
        }
    }

    /// The answer that refuses a call in its own language.
    pub(crate) fn refuse(self, app: &App, error: Error) -> Response<Body> {
        match self {
            Self::Rest => rest::refuse(app, error),
            Self::Grpc | Self::GrpcWeb | Self::Platform => Status::from(error).into_http(),
        }
    }
}

async fn answer_grpc(app: &App, request: Request<Body>) -> Response<Body> {
    if Kind::of(&request) == Kind::Platform {
        return platform::call(app, request).await;
    }
    grpc::call(app, request).await
}
