//! What a handler learns about its caller.

use std::net::IpAddr;

use labelmesh_errors::Error;
use labelmesh_identity::{Principal, Reach};
use tonic::{Request, Status};

use crate::Act;

/// Who makes a call, and how far the permission reaches.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub principal: Principal,
    /// How far the permission reaches: the proof that use cases take.
    pub reach: Reach,
    /// The address of the client, as the gateway saw it; otherwise that of whoever connected.
    pub address: Option<IpAddr>,
    /// The client's user agent in its own words, as the gateway saw it.
    pub user_agent: Option<String>,
}

/// The caller of a request that came through the stack.
///
/// # Errors
///
/// An internal error where the request did not come through the stack.
pub fn caller<T>(request: &Request<T>) -> Result<Caller, Status> {
    let caller = request.extensions().get::<Caller>().cloned();
    caller.ok_or_else(|| Error::internal("the request did not come through the server stack").into())
}

/// What the security log tells of a request: for handlers that find out who acts.
pub fn act<T>(request: &Request<T>) -> Act {
    request.extensions().get::<Act>().cloned().unwrap_or_default()
}
