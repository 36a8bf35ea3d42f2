//! Finds out who calls and whether that is allowed.

use std::net::IpAddr;

use http::{HeaderMap, Request, Response, header::AUTHORIZATION};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::{CLIENT_ADDRESS, CLIENT_AGENT, Principal, Verifier, permission};
use labelmesh_proto::method::{Method, Who};
use tonic::body::Body;
use tracing::Span;

use crate::{
    Act, Acting, Caller,
    known::method_of,
    listen::RemoteAddress,
    middleware::{Inner, Middleware},
    status::refuse,
};

/// Verifies the internal token, decides the permission and leaves a [`Caller`] for the handler.
pub(crate) struct Identity(Verifier);

impl Identity {
    pub(crate) fn new(verifier: Verifier) -> Self {
        Self(verifier)
    }

    async fn caller(
        &self,
        method: &Method,
        headers: &HeaderMap,
        connected: Option<IpAddr>,
        act: Option<&Act>,
    ) -> Result<Caller> {
        let principal = match bearer(headers)? {
            Some(token) => self.0.verify(token).await?,
            None => Principal::Anonymous,
        };
        let reach = match permission::decide(&principal, method) {
            Ok(reach) => reach,
            Err(refused) => {
                tell(act, &spoken_for(principal, method));
                return Err(refused);
            }
        };
        // An internal token, of whichever kind, shows that the call comes from inside; only then are the
        // headers believed that say for whom.
        let inside = principal != Principal::Anonymous;
        let told = |name| headers.get(name).filter(|_| inside).and_then(|value| value.to_str().ok());
        Ok(Caller {
            address: told(CLIENT_ADDRESS).and_then(|address| address.parse::<IpAddr>().ok()).or(connected),
            user_agent: told(CLIENT_AGENT).map(str::to_owned),
            principal: spoken_for(principal, method),
            reach,
        })
    }
}

/// Tells the security log who acts, unless that is nobody, and answers with their key.
fn tell(act: Option<&Act>, principal: &Principal) -> String {
    let key = principal.key();
    if let Some(act) = act.filter(|_| *principal != Principal::Anonymous) {
        act.by(key.clone());
    }
    key
}

/// A service that calls what anyone may call acts for somebody who has not signed in.
fn spoken_for(principal: Principal, method: &Method) -> Principal {
    let Principal::Service(name) = &principal else { return principal };
    let itself = |who| matches!(who, Who::Service(service) if service == name);
    if method.allow.iter().any(|grant| itself(grant.who)) { principal } else { Principal::Anonymous }
}

/// The token of a call, or `None` where there is no credential at all.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let scheme_and_token = value.to_str().ok().and_then(|value| value.split_once(' '));
    match scheme_and_token {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim())),
        _ => Err(Error::new(Reason::NotSignedIn, "the authorization header must be \"Bearer\" and a token")),
    }
}

impl Middleware for Identity {
    async fn handle<S: Inner>(&self, mut request: Request<Body>, inner: S) -> Response<Body> {
        let Some(method) = method_of(&request) else { return inner.pass(request).await };
        let connected = request.extensions().get::<RemoteAddress>().map(|remote| remote.0.ip());
        let act = request.extensions().get::<Act>();
        match self.caller(method, request.headers(), connected, act).await {
            Ok(caller) => {
                Span::current().record("enduser.id", tell(act, &caller.principal));
                let acting = Acting::of(&caller, method, request.headers());
                request.extensions_mut().insert(caller);
                Acting::scope(acting, inner.pass(request)).await
            }
            Err(error) => refuse(error),
        }
    }
}
