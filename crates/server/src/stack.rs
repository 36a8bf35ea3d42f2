//! The layers in their order.

use std::convert::Infallible;

use http::{Request, Response};
use labelmesh_clock::{Clock, Random};
use labelmesh_identity::Verifier;
use tonic::{body::Body, service::Routes};
use tower::util::BoxCloneSyncService;

use crate::{
    Draining, Limits, deadline::Deadlines, identity::Identity, known::Known, middleware::wrap, observe::Observe,
    panic::Panics, shed::Shed, size::Sizes,
};

/// What the stack needs to know.
#[derive(Debug, Clone)]
pub struct Options {
    /// Tells who calls.
    pub verifier: Verifier,
    /// How much may run at once.
    pub limits: Limits,
    /// Says when the server stops.
    pub draining: Draining,
    /// Tells the time by which log lines are bounded.
    pub clock: Clock,
    /// Where request ids come from.
    pub random: Random,
}

/// A binary's services with everything around them.
pub type Stack = BoxCloneSyncService<Request<Body>, Response<Body>, Infallible>;

/// Puts the layers around the services of a binary.
#[must_use]
pub fn stack(routes: Routes, options: Options) -> Stack {
    let service = wrap(Sizes, routes.prepare());
    let service = wrap(Identity::new(options.verifier), service);
    let service = wrap(Deadlines::new(options.draining), service);
    let service = wrap(Shed::new(options.limits), service);
    let service = wrap(Known, service);
    let service = wrap(Panics, service);
    BoxCloneSyncService::new(wrap(Observe::new(options.clock, options.random), service))
}
