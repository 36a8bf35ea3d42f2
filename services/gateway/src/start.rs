//! Starting the gateway.

use anyhow::{Context as _, Result};
use labelmesh_events::Bus;
use labelmesh_service::{Handle, Service, Surroundings};

use crate::{
    assemble::{edge, service as application},
    config::Config,
    revocation,
};

/// Starts the gateway. It is ready at once: what it can't reach, it says call by call.
///
/// # Errors
///
/// Fails where the configuration is not sound, or an address can't be listened at.
pub async fn start(config: Config, surroundings: Surroundings) -> Result<Handle> {
    let mut service = Service::prepare("gateway", &config.basics, surroundings)?;
    let bus = Bus::connect(&config.events, "gateway", service.clock(), service.random()).await.context("events.url")?;
    let consumer = revocation::consumer(&bus);
    let heard = consumer.readiness();
    let edge = edge(
        &config,
        service.signer()?,
        service.platform()?.into_axum_router(),
        service.draining(),
        Box::new(move || heard.is_ready()),
        (service.clock(), service.random()),
    )?;
    let (listening, rechecking) = (edge.tokens.clone(), edge.tokens.clone());
    service.spawn("revocation", |stop| revocation::listen(consumer, listening, stop));
    service.spawn("recheck", |stop| revocation::recheck(rechecking, stop));
    service.serve_app(application(edge, &config.cors)?).await
}
