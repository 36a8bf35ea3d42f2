//! Tokens for a service's own port, where the gateway's opaque ones mean nothing.

use anyhow::{Context as _, ensure};
use labelmesh_client::{Options, Peer};
use labelmesh_clock::{Clock, Random};
use labelmesh_identity::ServiceSigner;
use labelmesh_proto::auth::v1::{IntrospectRequest, auth_service_client::AuthServiceClient};

use crate::{Keys, Service};

/// The user token for a service that a session's token is exchanged for, the way the gateway does it. It is valid for a
/// minute, at this service alone.
///
/// `auth` is where auth answers calls, as `host:port`.
///
/// # Errors
/// If auth does not answer, does not know the session, or gives no token for the service.
pub async fn exchange(keys: &Keys, auth: &[String], session: &str, service: Service) -> anyhow::Result<String> {
    let endpoints = auth.iter().map(|address| format!("http://{address}").parse());
    let auth = Peer::new("auth", endpoints.collect::<Result<_, _>>()?, Options::default(), Random::system());
    let mut auth = AuthServiceClient::new(auth.as_service(&signer(keys, Service::Gateway)?));
    let request = IntrospectRequest { token: session.to_owned(), by_service: true };
    let answer = auth.introspect(request).await.context("auth does not exchange the session's token")?.into_inner();
    ensure!(answer.active, "auth does not know the session");
    let token = answer.service_tokens.into_iter().find(|token| token.service == service.name());
    Ok(token.with_context(|| format!("people have no business at {service}"))?.internal_token)
}

/// What signs a service's own tokens.
///
/// # Errors
/// If there is no key of the service's.
pub fn signer(keys: &Keys, service: Service) -> anyhow::Result<ServiceSigner> {
    let key = keys.seed(service).parse().context("keys.json holds no key")?;
    Ok(ServiceSigner::new(service.name(), key, Clock::system()))
}
