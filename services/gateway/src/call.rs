//! The call as its headers tell of it, before its body is read.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};
use labelmesh_errors::{Error, Reason, Result};
use labelmesh_identity::{CLIENT_ADDRESS, CLIENT_AGENT, Principal, permission};
use labelmesh_proto::method::{Method, Who};
use labelmesh_server::log_refusal;
use secrecy::SecretString;
use tonic::Status;

use crate::{
    app::App,
    client::Client,
    memory::Holder,
    places::Seat,
    tokens::{Hold, Session, Tokens},
};

/// The id by which a call is found in the logs of all services.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// With the value `1` it asks for the version of a service that is being released: where there is a canary, the mesh
/// sends it the call, whatever its share is.
pub(crate) const CANARY: HeaderName = HeaderName::from_static("x-labelmesh-canary");

/// Who calls, and what is passed on about it.
#[derive(Debug)]
pub(crate) struct Call {
    /// The method that is called.
    pub(crate) method: &'static Method,
    request_id: Option<HeaderValue>,
    client: Client,
    agent: Option<HeaderValue>,
    /// Whether the canary is asked for.
    canary: bool,
    timeout: Option<HeaderValue>,
    signed_in: Option<(Arc<Session>, SecretString)>,
}

impl Call {
    /// Reads the headers of a request, exchanges its token, where it has one, and finds room for the caller. Who can't
    /// be allowed to call is refused here, before anything else of the request is read. Roles are the services'
    /// business.
    ///
    /// # Errors
    /// Refuses credentials that are not a valid token: a caller who claims to be somebody is never taken for anonymous,
    /// but where the method is for whoever has signed out.
    /// NOT_SIGNED_IN where nobody has signed in and somebody must; OVERLOADED where the caller has no place left, and
    /// RATE_LIMITED where it comes too often.
    pub(crate) async fn of(app: &App, method: &'static Method, head: &Parts) -> Result<Self, Status> {
        let client = Client::of(head)?.clone();
        let network = client.seat.network();
        let admitted = Self::admit(app, method, head, client).await;
        if let Err(refusal) = &admitted {
            log_refusal(&app.lines, network, method, head.headers.get(REQUEST_ID), refusal);
        }
        admitted
    }

    async fn admit(app: &App, method: &'static Method, head: &Parts, client: Client) -> Result<Self, Status> {
        let headers = &head.headers;
        let timeout =
            labelmesh_deadline::read(headers).map_err(|error| Error::new(Reason::Malformed, error.to_string()))?;
        let signed_in = match bearer(headers)? {
            Some(token) => match app.tokens.exchange(&token, || app.places.introduce(&client.seat)).await {
                Ok(session) => Some((session, token)),
                Err(refusal) if refusal.code() == tonic::Code::Unauthenticated && is_for_signed_out(method) => None,
                Err(refusal) => return Err(refusal),
            },
            None => None,
        };
        match &signed_in {
            Some((session, _)) => app.places.admit_user(&client.seat, session.user_id())?,
            None => {
                permission::decide(&Principal::Anonymous, method)?;
                app.places.admit_stranger(&client.seat)?;
            }
        }
        let user_id = signed_in.as_ref().map(|(session, _)| session.user_id());
        app.rates.take(method, user_id, &client.seat)?;
        Ok(Self {
            method,
            request_id: headers.get(REQUEST_ID).cloned(),
            client,
            agent: headers.get(header::USER_AGENT).cloned(),
            canary: headers.get(CANARY).is_some_and(|value| value == "1"),
            timeout: timeout.map(labelmesh_deadline::write),
            signed_in,
        })
    }

    /// The session of whoever calls.
    pub(crate) fn session(&self) -> Option<&Session> {
        self.signed_in.as_ref().map(|(session, _)| session.as_ref())
    }

    /// What the call holds until its answer has ended.
    pub(crate) fn seat(&self) -> &Seat {
        &self.client.seat
    }

    /// Whom what the call takes counts for; none for a stranger in a network without a bound of its own.
    pub(crate) fn holder(&self) -> Option<Holder> {
        match self.session() {
            Some(session) => Some(Holder::User(session.user_id().to_owned())),
            None => self.client.seat.network().map(Holder::Stranger),
        }
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
        if let Some(address) = self.client.address.and_then(|address| HeaderValue::try_from(address.to_string()).ok()) {
            headers.insert(CLIENT_ADDRESS, address);
        }
        if let Some(agent) = &self.agent {
            headers.insert(CLIENT_AGENT, agent.clone());
        }
        if self.canary {
            headers.insert(CANARY, HeaderValue::from_static("1"));
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

/// Whether a media type is this one, whatever its parameters and case.
pub(crate) fn is_essence(media_type: &str, essence: &str) -> bool {
    media_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(essence)
}

/// Whether a method may be called with a token that stands for nobody any more.
fn is_for_signed_out(method: &Method) -> bool {
    method.allow.iter().any(|grant| grant.who == Who::SignedOut)
}

/// The opaque token of a request; none where there is no credential at all.
fn bearer(headers: &HeaderMap) -> Result<Option<SecretString>> {
    let Some(value) = headers.get(header::AUTHORIZATION) else { return Ok(None) };
    match value.to_str().ok().and_then(|value| value.split_once(' ')) {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Ok(Some(token.trim().into())),
        _ => Err(Error::new(Reason::NotSignedIn, "the authorization header must be \"Bearer\" and a token")),
    }
}
