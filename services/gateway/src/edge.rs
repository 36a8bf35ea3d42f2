//! The one port: what kind of call a request is, and what surrounds every call.

use std::{convert::Infallible, net::IpAddr, sync::Arc};

use http::{HeaderMap, HeaderValue, Request, Response, header};
use labelmesh_clock::{Clock, Random};
use labelmesh_errors::Error;
use labelmesh_ids::EventId;
use labelmesh_server::{Draining, listen::RemoteAddress};
use labelmesh_transcode::Transcoder;
use tokio::sync::Semaphore;
use tonic::{Status, body::Body};
use tonic_web::GrpcWebLayer;
use tower::{Layer as _, ServiceExt as _, service_fn};

use crate::{
    address::{self, Network},
    grpc, rest,
    tokens::Tokens,
    upstream::Upstreams,
};

/// Everything that calls share.
pub(crate) struct Edge {
    pub(crate) transcoder: Transcoder,
    pub(crate) upstreams: Upstreams,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) draining: Draining,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    /// Health and reflection, which the gateway answers itself.
    pub(crate) platform: axum::Router,
    /// One for each request that may be open.
    pub(crate) places: Arc<Semaphore>,
}

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
        match content_type(request.headers()) {
            Some(kind) if kind.starts_with("application/grpc-web") => Self::GrpcWeb,
            Some(kind) if kind.starts_with("application/grpc") && platform => Self::Platform,
            Some(kind) if kind.starts_with("application/grpc") => Self::Grpc,
            _ => Self::Rest,
        }
    }

    /// The answer that refuses a call in its own language.
    pub(crate) fn refuse(self, edge: &Edge, error: Error) -> Response<Body> {
        match self {
            Self::Rest => rest::refuse(edge, error),
            Self::Grpc | Self::GrpcWeb | Self::Platform => Status::from(error).into_http(),
        }
    }
}

/// The content type as it was sent.
pub(crate) fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok())
}

impl Edge {
    /// Answers a request of any kind.
    pub(crate) async fn answer(self: Arc<Self>, kind: Kind, request: Request<Body>) -> Response<Body> {
        match kind {
            Kind::Rest => {
                let address = self.client_address(&request);
                rest::call(&self, request, address).await
            }
            Kind::Grpc | Kind::Platform => self.grpc(request).await,
            Kind::GrpcWeb => {
                let inner = service_fn(move |request| {
                    let edge = self.clone();
                    async move { Ok::<_, Infallible>(edge.grpc(request).await) }
                });
                certain(GrpcWebLayer::new().layer(inner).oneshot(request).await)
            }
        }
    }

    async fn grpc(&self, request: Request<Body>) -> Response<Body> {
        if Kind::of(&request) == Kind::Platform {
            return certain(self.platform.clone().oneshot(request).await).map(Body::new);
        }
        let address = self.client_address(&request);
        grpc::call(self, request, address).await
    }

    fn client_address(&self, request: &Request<Body>) -> Option<IpAddr> {
        let connected = request.extensions().get::<RemoteAddress>()?.0.ip();
        Some(address::client(connected, request.headers(), &self.trusted_proxies))
    }

    /// An id for what comes from a client without one.
    pub(crate) fn new_id(&self) -> String {
        EventId::new(self.clock.now(), self.random.bytes()).to_string()
    }

    /// The same as a header.
    pub(crate) fn new_id_header(&self) -> HeaderValue {
        HeaderValue::try_from(self.new_id()).expect("a UUID is a header value")
    }
}

/// What can't fail.
pub(crate) fn certain<T>(result: Result<T, Infallible>) -> T {
    match result {
        Ok(value) => value,
        Err(never) => match never {},
    }
}
