//! Which method of the contract a call is for.

use http::Request;
use labelmesh_errors::{Error, Reason};
use labelmesh_proto::method::{self, Method};
use tonic::body::Body;

use crate::{
    middleware::{Inner, Middleware},
    status::refuse,
};

/// What a call is for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// A method of the contract.
    Method(&'static Method),
    /// Health or reflection, which the platform asks for without a token and without limits.
    Platform,
    /// Nothing that we know.
    Unknown,
}

impl Target {
    pub(crate) fn of(path: &str) -> Self {
        match method::find(path) {
            Some(method) => Self::Method(method),
            None if path.starts_with("/grpc.health.v1.") || path.starts_with("/grpc.reflection.") => Self::Platform,
            None => Self::Unknown,
        }
    }
}

/// The method that a call is for, or `None` for health and reflection.
pub(crate) fn method_of(request: &Request<Body>) -> Option<&'static Method> {
    request.extensions().get::<&'static Method>().copied()
}

/// Refuses what is not in the contract's table.
pub(crate) struct Known;

impl Middleware for Known {
    async fn handle<S: Inner>(&self, mut request: Request<Body>, inner: S) -> http::Response<Body> {
        match Target::of(request.uri().path()) {
            Target::Method(method) => {
                request.extensions_mut().insert(method);
            }
            Target::Platform => {}
            Target::Unknown => return refuse(Error::new(Reason::MethodUnknown, "there is no such method")),
        }
        inner.pass(request).await
    }
}
