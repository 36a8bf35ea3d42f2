//! The client as its connection and its headers tell of it, before it is known who that is.

use std::net::IpAddr;

use http::{Request, request::Parts};
use labelmesh_errors::{Error, Result};
use labelmesh_server::listen::RemoteAddress;
use tonic::body::Body;

use crate::{address, app::App, places::Seat};

/// The address of the client who sent a request; none where it did not come over a connection.
pub(crate) fn address(app: &App, request: &Request<Body>) -> Option<IpAddr> {
    let connected = request.extensions().get::<RemoteAddress>()?.0.ip();
    let client = address::client(connected, request.headers(), &app.trusted_proxies);
    if client == connected.to_canonical() && request.headers().contains_key(address::FORWARDED) {
        // Where that is a proxy, all people are one network. Said once: anybody can send the header.
        app.unbelieved_proxy.call_once(|| {
            tracing::warn!(
                client.address = %client,
                "x-forwarded-for is not believed: if this is a proxy of yours, name it in trusted_proxies"
            );
        });
    }
    Some(client)
}

/// Where a request comes from, and its seat: an extension of each request.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    /// None where it did not come over a connection.
    pub(crate) address: Option<IpAddr>,
    pub(crate) seat: Seat,
}

impl Client {
    /// Seats a request.
    ///
    /// # Errors
    /// OVERLOADED where there is no place for it.
    pub(crate) fn seat(app: &App, address: Option<IpAddr>) -> Result<Self> {
        Ok(Self { address, seat: app.places.enter(app.places.network(address))? })
    }

    /// That of a request which has been seated.
    pub(crate) fn of(head: &Parts) -> Result<&Self> {
        head.extensions.get().ok_or_else(|| Error::internal("the request has no seat"))
    }
}
