//! The whole stack in one place, in the order in which a call passes it.

use std::sync::Arc;

use http::Uri;
use labelmesh_clock::Random;
use tower::{ServiceBuilder, retry::Retry};

use crate::{
    Options,
    balance::{Balance, BalanceLayer},
    breaker::{BreakerLayer, CircuitBreaker},
    bulkhead::{Bulkhead, BulkheadLayer},
    connect::Connect,
    deadline::{DeadlineLayer, InTime},
    keep::{Keep, KeepLayer},
    observe::{Observe, ObserveLayer},
    retry::Tries,
};

/// Everything that happens around a call to a peer. Clones share all of it.
pub(crate) type Stack = Observe<InTime<Bulkhead<Keep<Retry<Tries, CircuitBreaker<Balance<Connect>>>>>>>;

/// The stack for the service `peer` behind these endpoints.
pub(crate) fn stack(peer: &Arc<str>, endpoints: Vec<Uri>, options: Options, random: &Random) -> Stack {
    ServiceBuilder::new()
        .layer(ObserveLayer::new(peer))
        .layer(DeadlineLayer)
        .layer(BulkheadLayer::new(peer, options))
        .layer(KeepLayer)
        .retry(Tries::new(peer, options, random.clone()))
        .layer(BreakerLayer::new(peer))
        .layer(BalanceLayer::new(peer, endpoints, random.clone()))
        .service(Connect::new(peer.clone()))
}
