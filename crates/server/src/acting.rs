//! Who acts in a call, for whatever is written down with the change that it makes.

use std::net::IpAddr;

use http::{HeaderMap, HeaderName};
use labelmesh_identity::Principal;
use labelmesh_proto::method::{Idempotency, Method};

use crate::Caller;

/// By which a call is known in logs and traces.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static ACTING: Acting;
}

/// A call that may change something, as it is told of afterwards.
#[derive(Debug, Clone)]
pub struct Acting {
    /// Who called.
    pub principal: Principal,
    /// The full name of the method, without the slash in front.
    pub method: &'static str,
    /// The address of the client, where it is known.
    pub address: Option<IpAddr>,
    /// The id of the request.
    pub request_id: String,
}

impl Acting {
    /// The call that the present task serves; none in the background. What a handler spawns, or streams after it has
    /// answered, is outside of it: there it goes on by [`Acting::scope`].
    #[must_use]
    pub fn current() -> Option<Self> {
        ACTING.try_with(Self::clone).ok()
    }

    /// Does something as a part of a call, or outside of any.
    pub async fn scope<F: Future>(acting: Option<Self>, work: F) -> F::Output {
        match acting {
            Some(acting) => ACTING.scope(acting, work).await,
            None => work.await,
        }
    }

    /// The call of a caller, if it is one that is told of: one that is recorded, or that another service makes to
    /// change something.
    pub(crate) fn of(caller: &Caller, method: &Method, headers: &HeaderMap) -> Option<Self> {
        let by_services = !method.is_for_users() && method.idempotency != Idempotency::NoSideEffects;
        if !method.recorded && !by_services {
            return None;
        }
        let request_id = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
        Some(Self {
            principal: caller.principal.clone(),
            method: &method.path[1..],
            // Of a service's own call it is the service's.
            address: caller.address.filter(|_| !by_services),
            request_id: request_id.to_owned(),
        })
    }
}
