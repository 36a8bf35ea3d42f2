//! How often one principal may call a method.

use std::{collections::HashMap, num::NonZeroU32};

use governor::{Quota, RateLimiter, clock::Clock as _, clock::DefaultClock, state::keyed::DefaultKeyedStateStore};
use http::{Request, Response};
use labelmesh_errors::{Error, Reason};
use labelmesh_identity::Principal;
use labelmesh_proto::method::{METHODS, Rate};
use tonic::body::Body;

use crate::{
    Caller,
    known::method_of,
    middleware::{Inner, Middleware},
    status::refuse,
};

/// How many principals are remembered for one method before the quiet ones are forgotten.
const REMEMBERED: usize = 65_536;

type Limiter = RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock>;

/// Refuses what comes more often than the contract's rates allow. Each replica counts for itself.
pub(crate) struct Rates {
    limiters: HashMap<&'static str, Limiter>,
    clock: DefaultClock,
}

impl Rates {
    /// The rates that the contract declares.
    pub(crate) fn of_the_contract() -> Self {
        let limited = METHODS.iter().filter_map(|method| Some((method.path, limiter(method.rate?)?)));
        Self { limiters: limited.collect(), clock: DefaultClock::default() }
    }

    fn check(&self, path: &str, caller: &Caller) -> Result<(), Error> {
        let Some(limiter) = self.limiters.get(path) else { return Ok(()) };
        if limiter.len() > REMEMBERED {
            limiter.retain_recent();
        }
        limiter.check_key(&key(caller)).map_err(|not_until| {
            let after = not_until.wait_time_from(self.clock.now());
            Error::new(Reason::RateLimited, "called too often").retry_after(after)
        })
    }
}

fn limiter(rate: Rate) -> Option<Limiter> {
    let quota = Quota::per_minute(NonZeroU32::new(rate.per_minute)?);
    Some(RateLimiter::keyed(NonZeroU32::new(rate.burst).map_or(quota, |burst| quota.allow_burst(burst))))
}

fn key(caller: &Caller) -> String {
    match (&caller.principal, caller.address) {
        (Principal::Anonymous, Some(address)) => address.to_string(),
        (principal, _) => principal.key(),
    }
}

impl Middleware for Rates {
    async fn handle<S: Inner>(&self, request: Request<Body>, inner: S) -> Response<Body> {
        if let (Some(method), Some(caller)) = (method_of(&request), request.extensions().get::<Caller>())
            && let Err(error) = self.check(method.path, caller)
        {
            return refuse(error);
        }
        inner.pass(request).await
    }
}

#[cfg(test)]
mod tests {
    use labelmesh_identity::Reach;

    use super::*;

    fn somebody(address: [u8; 4]) -> Caller {
        Caller {
            principal: Principal::Anonymous,
            reach: Reach::Public,
            address: Some(address.into()),
            user_agent: None,
        }
    }

    #[test]
    fn who_calls_too_often_is_told_when_to_come_back_and_nobody_else_suffers() {
        let limiter = limiter(Rate { per_minute: 1, burst: 2 }).expect("a rate");
        let rates = Rates { limiters: HashMap::from([("/a.B/C", limiter)]), clock: DefaultClock::default() };
        for _ in 0..2 {
            rates.check("/a.B/C", &somebody([10, 0, 0, 1])).expect("within the burst");
        }
        let refused = rates.check("/a.B/C", &somebody([10, 0, 0, 1])).expect_err("beyond the burst");
        assert_eq!(refused.reason(), Reason::RateLimited);
        rates.check("/a.B/C", &somebody([10, 0, 0, 2])).expect("another address");
        rates.check("/a.B/D", &somebody([10, 0, 0, 1])).expect("a method without a rate");
    }
}
