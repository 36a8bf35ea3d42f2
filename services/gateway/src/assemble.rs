//! The parts of the gateway, put together.

use std::{convert::Infallible, sync::Arc};

use anyhow::{Context as _, Result};
use futures::FutureExt as _;
use http::{HeaderName, HeaderValue, Request, Response, header};
use labelmesh_clock::{Clock, Random};
use labelmesh_identity::ServiceSigner;
use labelmesh_proto::{
    DESCRIPTORS,
    auth::v1::{IntrospectRequest, auth_service_client::AuthServiceClient},
};
use labelmesh_server::Draining;
use labelmesh_transcode::Transcoder;
use secrecy::ExposeSecret as _;
use tokio::sync::Semaphore;
use tonic::body::Body;
use tower::{Layer as _, service_fn, util::BoxCloneSyncService};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};

use crate::{
    call::REQUEST_ID,
    config::{Config, Cors},
    edge::Edge,
    observe,
    tokens::{Hears, Introspect, Tokens},
    upstream::{Channel, Upstreams},
};

/// Everything that calls share.
pub(crate) fn edge(
    config: &Config,
    signer: ServiceSigner,
    platform: axum::Router,
    draining: Draining,
    hears: Hears,
    (clock, random): (Clock, Random),
) -> Result<Arc<Edge>> {
    let upstreams = Upstreams::new(&config.peers, signer, &random)?;
    let auth = upstreams.as_gateway("auth").context("peers.auth is missing: it is asked what tokens stand for")?;
    Ok(Arc::new(Edge {
        transcoder: Transcoder::new(DESCRIPTORS).context("read the contract")?,
        upstreams,
        tokens: Arc::new(Tokens::new(introspect(auth), hears, config.tokens.capacity, clock.clone())),
        draining,
        trusted_proxies: config.trusted_proxies.clone(),
        clock,
        random,
        platform,
        places: Arc::new(Semaphore::new(config.max_requests)),
    }))
}

/// Asks auth, on the gateway's own behalf.
fn introspect(auth: Channel) -> Introspect {
    Box::new(move |token| {
        let mut auth = AuthServiceClient::new(auth.clone());
        async move {
            let request = IntrospectRequest { token: token.expose_secret().to_owned() };
            auth.introspect(request).await.map(tonic::Response::into_inner)
        }
        .boxed()
    })
}

/// What answers requests.
pub(crate) type Gateway = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// Everything, as one service.
pub(crate) fn service(edge: Arc<Edge>, cors: &Cors) -> Result<Gateway> {
    let answer = service_fn(move |request| observe::answer(edge.clone(), request).map(Ok));
    Ok(BoxCloneSyncService::new(self::cors(cors)?.layer(answer)))
}

fn cors(cors: &Cors) -> Result<CorsLayer> {
    let exposed =
        ["grpc-status", "grpc-message", "grpc-status-details-bin", "traceparent"].map(HeaderName::from_static);
    let layer = CorsLayer::new()
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request())
        .max_age(std::time::Duration::from_secs(600))
        .expose_headers(
            [header::RETRY_AFTER, header::WWW_AUTHENTICATE, header::CONTENT_DISPOSITION, REQUEST_ID]
                .into_iter()
                .chain(exposed)
                .collect::<Vec<_>>(),
        );
    if cors.origins.iter().any(|origin| origin == "*") {
        return Ok(layer.allow_origin(AllowOrigin::any()));
    }
    let origins = cors.origins.iter().map(|origin| HeaderValue::try_from(origin.as_str()));
    let origins: Vec<_> = origins.collect::<Result<_, _>>().context("cors.origins")?;
    Ok(layer.allow_origin(AllowOrigin::list(origins)))
}
