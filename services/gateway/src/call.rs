//! The call as its headers tell of it, before its body is read.

use std::{net::IpAddr, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue, header};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::{CLIENT_ADDRESS, CLIENT_AGENT};
use labelmesh_proto::method::Method;
use secrecy::SecretString;

use crate::tokens::{Hold, Session, Tokens};

/// The id by which a call is found in the logs of all services.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Who calls, and what is passed on about it.
#[derive(Debug)]
pub(crate) struct Call {
    /// The method that is called.
    pub(crate) method: &'static Method,
    request_id: Option<HeaderValue>,
    address: Option<IpAddr>,
    agent: Option<HeaderValue>,
    timeout: Option<HeaderValue>,
    signed_in: Option<(Arc<Session>, SecretString)>,
}

impl Call {
    /// Reads the headers of a request and exchanges its token, where it has one.
    ///
    /// # Errors
    /// Refuses credentials that are not a valid token: a caller who claims to be somebody is never taken for anonymous.
    pub(crate) async fn of(
        method: &'static Method,
        headers: &HeaderMap,
        address: Option<IpAddr>,
        tokens: &Tokens,
    ) -> Result<Self, tonic::Status> {
        let timeout =
            labelmesh_deadline::read(headers).map_err(|error| Error::new(Reason::Malformed, error.to_string()))?;
        let signed_in = match bearer(headers)? {
            Some(token) => Some((tokens.exchange(&token).await?, token)),
            None => None,
        };
        Ok(Self {
            method,
            request_id: headers.get(REQUEST_ID).cloned(),
            address,
            agent: headers.get(header::USER_AGENT).cloned(),
            timeout: timeout.map(labelmesh_deadline::write),
            signed_in,
        })
    }

    /// The session of whoever calls.
    pub(crate) fn session(&self) -> Option<&Session> {
        self.signed_in.as_ref().map(|(session, _)| session.as_ref())
    }

    /// Ties a stream to the session; none where nobody has signed in.
    pub(crate) fn hold(&self, tokens: &Tokens) -> Option<Hold> {
        self.signed_in.as_ref().map(|(session, token)| tokens.hold(session, token))
    }

    /// Writes what the services are told about the call into the headers of the call to them.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        if let Some(id) = &self.request_id {
            headers.insert(REQUEST_ID, id.clone());
        }
        if let Some(address) = self.address.and_then(|address| HeaderValue::try_from(address.to_string()).ok()) {
            headers.insert(CLIENT_ADDRESS, address);
        }
        if let Some(agent) = &self.agent {
            headers.insert(CLIENT_AGENT, agent.clone());
        }
        if let Some(timeout) = &self.timeout {
            headers.insert(labelmesh_deadline::GRPC_TIMEOUT, timeout.clone());
        }
    }
}

/// The content type as it was sent.
pub(crate) fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok())
}

/// The opaque token of a request; none where there is no credential at all.
fn bearer(headers: &HeaderMap) -> Result<Option<SecretString>> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    match value.to_str().ok().and_then(|value| value.split_once(' ')) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim().into())),
        _ => Err(Error::new(Reason::NotSignedIn, "the authorization header must be \"Bearer\" and a token")),
    }
}
