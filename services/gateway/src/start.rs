//! Wiring: the one place that knows all parts.

use std::{
    convert::Infallible,
    sync::{Arc, Once},
};

use anyhow::{Context as _, Result};
use futures::FutureExt as _;
use http::{Request, Response};
use labelmesh_proto::{
    DESCRIPTORS,
    auth::v1::{IntrospectRequest, auth_service_client::AuthServiceClient},
};
use labelmesh_server::{Lines, listen::Bounds};
use labelmesh_service::{Handle, Service, Surroundings};
use labelmesh_transcode::Transcoder;
use secrecy::ExposeSecret as _;
use tonic::body::Body;
use tower::{Layer as _, service_fn, util::BoxCloneSyncService};

use crate::{
    app::App,
    config::{Config, Cors, Limits},
    cors,
    events::heard,
    memory::{Memory, Turns},
    observe,
    places::Places,
    rates::{self, MethodRates},
    shown,
    tokens::{Hears, Introspect, LIFETIME, Tokens},
    upstream::{Channel, Upstreams},
};

const NAME: &str = "gateway";
/// How much of a body or an answer may wait in the gateway on either side, for each stream.
const BUFFER_BYTES: u32 = 64 << 10;

/// Starts the gateway. It is ready at once: what it can't reach, it says call by call.
///
/// # Errors
/// Fails where the configuration is not valid or an address can't be listened at.
pub async fn start(config: Config, surroundings: Surroundings) -> Result<Handle> {
    let mut service = Service::prepare(NAME, &config.basics, surroundings)?;
    let bus = service.bus(&config.events).await.context("events.url")?;
    let changes = heard::principal_changes(&bus);
    let readiness = changes.readiness();
    service.bound_connections(connections(&config));
    let app = app(&config, &service, Box::new(move || readiness.is_ready()))?;
    service.ready_when("places", &app.places, |places| async move { places.check() });
    let tokens = app.tokens.clone();
    service.spawn("changes", |stop| heard::listen(changes, tokens, stop));
    let (rates, hints) = (app.rates.clone(), bus.clone());
    service.spawn("rates", |stop| rates::share(rates, hints, stop));
    service.when_woken("recheck", app.tokens.recheck(), LIFETIME, &app.tokens, |tokens| async move {
        tokens.recheck_holds().await;
        Ok(())
    });
    service.serve_app(answers(app, &config.cors)?).await
}

fn app(config: &Config, service: &Service, hears: Hears) -> Result<Arc<App>> {
    let (clock, random) = (service.clock(), service.random());
    let upstreams = Upstreams::new(&config.peers, service.signer()?, &random)?;
    let rates = MethodRates::new(&config.limits, clock.clone(), &random);
    let lines = Arc::new(Lines::new(clock.clone(), &random));
    let transcoder = Transcoder::new(DESCRIPTORS).context("read the contract")?;
    let platform = service.platform(&shown::descriptors(transcoder.pool())?)?.into_axum_router();
    let auth = upstreams.as_gateway("auth").context("peers.auth is missing: it is asked what tokens stand for")?;
    Ok(Arc::new(App {
        transcoder,
        upstreams,
        tokens: Arc::new(Tokens::new(introspect(auth), hears, config.tokens.capacity, clock.clone())),
        clock,
        random,
        draining: service.draining(),
        trusted_proxies: config.trusted_proxies.clone(),
        unbelieved_proxy: Once::new(),
        platform,
        places: Arc::new(Places::new(&config.limits)),
        rates: Arc::new(rates),
        lines,
        memory: Memory::new(&config.limits),
        call_turns: Arc::new(Turns::new(config.limits.calls_per_user)),
        upload_turns: Arc::new(Turns::new(config.limits.uploads_per_user)),
        pace: config.limits.body_pace(),
    }))
}

/// What those who connect may hold. A proxy connects for many.
fn connections(config: &Config) -> Bounds {
    let Limits { connections, connections_per_network, streams_per_connection, ref shared_networks, .. } =
        config.limits;
    Bounds {
        streams: streams_per_connection,
        stream_window: BUFFER_BYTES,
        buffer_bytes: BUFFER_BYTES as usize,
        connections,
        connections_per_network,
        pace: config.limits.answer_pace(),
        unbounded: [shared_networks.as_slice(), &config.trusted_proxies].concat(),
        proxies: config.trusted_proxies.clone(),
    }
}

/// Asks auth, on the gateway's own behalf.
fn introspect(auth: Channel) -> Introspect {
    Box::new(move |token| {
        let mut auth = AuthServiceClient::new(auth.clone());
        async move {
            let request = IntrospectRequest { token: token.expose_secret().to_owned(), by_service: true };
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
