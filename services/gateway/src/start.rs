//! Wiring: the one place that knows all parts.

use std::{convert::Infallible, sync::Arc};

use anyhow::{Context as _, Result};
use futures::FutureExt as _;
use http::{Request, Response};
use labelmesh_proto::{
    DESCRIPTORS,
    auth::v1::{IntrospectRequest, auth_service_client::AuthServiceClient},
};
use labelmesh_service::{Handle, Service, Surroundings};
use labelmesh_transcode::Transcoder;
use secrecy::ExposeSecret as _;
use tokio::sync::Semaphore;
use tonic::body::Body;
use tower::{Layer as _, service_fn, util::BoxCloneSyncService};

use crate::{
    app::App,
    config::{Config, Cors},
    cors,
    events::heard,
    observe,
    tokens::{Hears, Introspect, LIFETIME, Tokens},
    upstream::{Channel, Upstreams},
};

const NAME: &str = "gateway";

/// Starts the gateway. It is ready at once: what it can't reach, it says call by call.
///
/// # Errors
/// Fails where the configuration is not valid or an address can't be listened at.
pub async fn start(config: Config, surroundings: Surroundings) -> Result<Handle> {
    let mut service = Service::prepare(NAME, &config.basics, surroundings)?;
    let bus = service.bus(&config.events).await.context("events.url")?;
    let changes = heard::principal_changes(&bus);
    let readiness = changes.readiness();
    let app = app(&config, &service, Box::new(move || readiness.is_ready()))?;
    let tokens = app.tokens.clone();
    service.spawn("changes", |stop| heard::listen(changes, tokens, stop));
    service.when_woken("recheck", app.tokens.forgotten(), LIFETIME, &app.tokens, |tokens| async move {
        tokens.recheck_holds().await;
        Ok(())
    });
    service.serve_app(answers(app, &config.cors)?).await
}

fn app(config: &Config, service: &Service, hears: Hears) -> Result<Arc<App>> {
    let (clock, random) = (service.clock(), service.random());
    let upstreams = Upstreams::new(&config.peers, service.signer()?, &random)?;
    let auth = upstreams.as_gateway("auth").context("peers.auth is missing: it is asked what tokens stand for")?;
    Ok(Arc::new(App {
        transcoder: Transcoder::new(DESCRIPTORS).context("read the contract")?,
        upstreams,
        tokens: Arc::new(Tokens::new(introspect(auth), hears, config.tokens.capacity, clock.clone())),
        clock,
        random,
        draining: service.draining(),
        trusted_proxies: config.trusted_proxies.clone(),
        platform: service.platform()?.into_axum_router(),
        open_requests: Arc::new(Semaphore::new(config.max_requests)),
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

/// Everything that answers requests, as one service.
fn answers(app: Arc<App>, cors: &Cors) -> Result<BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>> {
    let answer = service_fn(move |request| observe::answer(app.clone(), request).map(Ok));
    Ok(BoxCloneSyncService::new(cors::layer(cors)?.layer(answer)))
}
