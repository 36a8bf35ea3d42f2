//! Places: what may be open at once, for everybody together and for each.
//!
//! A request takes a place of its network's share and one of all. Once it is known who calls, it takes one more: of the
//! user's share, or of the share of those in its network who have not signed in. It keeps them until its answer has
//! ended. So no caller can take the places of all, for however long it holds its own.

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use anyhow::{Result, ensure};
use labelmesh_errors::{Error, Reason};
use labelmesh_identity::Network;
use labelmesh_proto::method::Method;
use labelmesh_rates::Taken;
use labelmesh_server::{Share, Shares};
use metrics::counter;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

use crate::{
    config::Limits,
    memory::{Reserved, Turn},
};

/// When a client should come back to a gateway that is full.
const COME_BACK: Duration = Duration::from_secs(1);
/// For how long every place may be taken before the gateway says that it is not ready.
const FULL_FOR: Duration = Duration::from_secs(10);
/// What is counted of refusals.
const BOUNDS: &[&str] = &[
    "requests",
    "requests_per_network",
    "strangers_per_network",
    "requests_per_user",
    "introductions",
    "platform",
    "memory",
    "memory_of_one",
];
/// How many tokens that are not known yet are asked about at once for one network.
const INTRODUCTIONS: usize = 32;

/// The places.
#[derive(Debug)]
pub(crate) struct Places {
    all: Arc<Semaphore>,
    networks: Shares<Network>,
    strangers: Shares<Network>,
    introductions: Shares<Network>,
    users: Shares<String>,
    platform: Arc<Semaphore>,
    platform_networks: Shares<Network>,
    shared_networks: Vec<Network>,
    /// When there was a place for the last time.
    last_free: Mutex<Instant>,
}

/// What a request holds until its answer has ended. Clones hold it together.
#[derive(Debug, Clone)]
pub(crate) struct Seat(Arc<Held>);

#[derive(Debug)]
struct Held {
    /// The network it counts for; none where the network has no bound of its own.
    network: Option<Network>,
    _place: OwnedSemaphorePermit,
    _of_network: Option<Share<Network>>,
    more: Mutex<Vec<Part>>,
    /// What the call used of its rate.
    taken: OnceLock<(&'static Method, Taken)>,
}

/// What a request holds besides.
#[derive(Debug)]
#[expect(dead_code, reason = "it is held, not read")]
enum Part {
    User(Share<String>),
    Stranger(Option<Share<Network>>),
    Platform(OwnedSemaphorePermit, Option<Share<Network>>),
    Upload(Option<Turn>, Reserved),
}

impl Places {
    pub(crate) fn new(limits: &Limits) -> Self {
        // An alert sees the first one only where there was a zero before it.
        for bound in BOUNDS {
            counter!("gateway_refused_total", "bound" => *bound).increment(0);
        }
        Self {
            all: Arc::new(Semaphore::new(limits.requests)),
            networks: Shares::new(limits.requests_per_network),
            strangers: Shares::new(limits.strangers_per_network),
            introductions: Shares::new(INTRODUCTIONS),
            users: Shares::new(limits.requests_per_user),
            platform: Arc::new(Semaphore::new(limits.platform)),
            platform_networks: Shares::new((limits.platform / 4).max(1)),
            shared_networks: limits.shared_networks.clone(),
            last_free: Mutex::new(Instant::now()),
        }
    }

    /// The network that a caller at this address counts for; none where it has no bound of its own.
    pub(crate) fn network(&self, address: Option<IpAddr>) -> Option<Network> {
        let address = address?;
        let shared = self.shared_networks.iter().any(|network| network.contains(address));
        (!shared).then(|| Network::around(address))
    }

    /// A seat for a request from this network.
    ///
    /// # Errors
    /// OVERLOADED where its network has no more, or nobody has.
    pub(crate) fn enter(&self, network: Option<Network>) -> Result<Seat, Error> {
        let of_network = share(&self.networks, network, "requests_per_network")?;
        let place = self.all.clone().try_acquire_owned().map_err(|_| full("requests"))?;
        *self.last_free.lock().expect("nothing panics with the lock") = Instant::now();
        let held =
            Held { network, _place: place, _of_network: of_network, more: Mutex::default(), taken: OnceLock::new() };
        Ok(Seat(Arc::new(held)))
    }

    /// Lets a token be asked about that is not known yet.
    ///
    /// # Errors
    /// OVERLOADED where too many are asked about for the same network.
    pub(crate) fn introduce(&self, seat: &Seat) -> Result<Option<Share<Network>>, Error> {
        share(&self.introductions, seat.0.network, "introductions")
    }

    /// The seat is that of a user.
    ///
    /// # Errors
    /// OVERLOADED where the user has no more.
    pub(crate) fn admit_user(&self, seat: &Seat, user_id: &str) -> Result<(), Error> {
        let share = self.users.take(&user_id.to_owned(), 1).ok_or_else(|| full("requests_per_user"))?;
        seat.keep(Part::User(share));
        Ok(())
    }

    /// The seat is that of somebody who has not signed in.
    ///
    /// # Errors
    /// OVERLOADED where strangers in its network have no more.
    pub(crate) fn admit_stranger(&self, seat: &Seat) -> Result<(), Error> {
        seat.keep(Part::Stranger(share(&self.strangers, seat.0.network, "strangers_per_network")?));
        Ok(())
    }

    /// The seat is for health or reflection.
    ///
    /// # Errors
    /// OVERLOADED where too many ask for them.
    pub(crate) fn admit_platform(&self, seat: &Seat) -> Result<(), Error> {
        let of_network = share(&self.platform_networks, seat.0.network, "platform")?;
        let place = self.platform.clone().try_acquire_owned().map_err(|_| full("platform"))?;
        seat.keep(Part::Platform(place, of_network));
        Ok(())
    }

    /// Whether there was a place for somebody lately.
    ///
    /// # Errors
    /// Fails where there was none for ten seconds.
    pub(crate) fn check(&self) -> Result<()> {
        let mut last_free = self.last_free.lock().expect("nothing panics with the lock");
        if self.all.available_permits() > 0 {
            *last_free = Instant::now();
        }
        ensure!(last_free.elapsed() < FULL_FOR, "no place was free for {FULL_FOR:?}");
        Ok(())
    }
}

impl Seat {
    fn keep(&self, part: Part) {
        self.0.more.lock().expect("nothing panics with the lock").push(part);
    }

    /// Notes what the call used of its rate.
    pub(crate) fn note(&self, method: &'static Method, taken: Taken) {
        // A request is one call.
        let _ = self.0.taken.set((method, taken));
    }

    /// What the call used of its rate, where it has one.
    pub(crate) fn taken(&self) -> Option<(&'static Method, Taken)> {
        self.0.taken.get().copied()
    }

    /// An upload keeps its turn and its memory until its answer has ended.
    pub(crate) fn keep_upload(&self, turn: Option<Turn>, memory: Reserved) {
        self.keep(Part::Upload(turn, memory));
    }

    /// The network it counts for; none where that has no bound of its own.
    pub(crate) fn network(&self) -> Option<Network> {
        self.0.network
    }
}

/// One more of a network's share; none is needed where the network has no bound of its own.
fn share(
    shares: &Shares<Network>,
    network: Option<Network>,
    bound: &'static str,
) -> Result<Option<Share<Network>>, Error> {
    network.map(|network| shares.take(&network, 1).ok_or_else(|| full(bound))).transpose()
}

/// The refusal of what is beyond a bound.
pub(crate) fn full(bound: &'static str) -> Error {
    counter!("gateway_refused_total", "bound" => bound).increment(1);
    Error::new(Reason::Overloaded, "too many requests at present").retry_after(COME_BACK)
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    fn places() -> Places {
        Places::new(&Limits {
            requests: 8,
            requests_per_network: 6,
            strangers_per_network: 2,
            requests_per_user: 3,
            platform: 4,
            shared_networks: vec!["9.9.9.9".parse().expect("a network")],
            ..Limits::default()
        })
    }

    fn seat(places: &Places, address: &str) -> Result<Seat, Error> {
        places.enter(places.network(Some(address.parse().expect("an address"))))
    }

    #[tokio::test]
    async fn nobody_takes_more_than_a_share_and_what_is_held_comes_back() {
        let places = places();
        let seats: Vec<_> = (0..6).map(|last| seat(&places, &format!("10.0.0.{last}")).expect("a seat")).collect();
        assert_eq!(seat(&places, "10.0.0.7").expect_err("its network has six").reason(), Reason::Overloaded);
        places.admit_stranger(&seats[0]).expect("a stranger");
        places.admit_stranger(&seats[1]).expect("another");
        assert!(places.admit_stranger(&seats[2]).is_err());
        for seat in &seats[2..5] {
            places.admit_user(seat, "ada").expect("three of hers");
        }
        assert!(places.admit_user(&seats[5], "ada").is_err() && places.admit_user(&seats[5], "bob").is_ok());
        let other = seat(&places, "9.9.9.9").expect("a seat");
        let another = seat(&places, "9.9.9.9").expect("a seat");
        assert!(seat(&places, "10.0.1.1").is_err(), "all eight are taken");
        assert!(places.admit_stranger(&other).is_ok() && places.admit_stranger(&another).is_ok());
        drop((seats, other, another));
        let again = seat(&places, "10.0.0.1").expect("a seat");
        places.admit_stranger(&again).expect("all was given back");
    }

    #[tokio::test]
    async fn one_network_has_a_quarter_of_health_and_reflection() {
        let places = places();
        let seats = ["10.0.0.1", "10.0.0.2", "10.0.1.1"].map(|address| seat(&places, address).expect("a seat"));
        places.admit_platform(&seats[0]).expect("the first");
        assert!(places.admit_platform(&seats[1]).is_err());
        places.admit_platform(&seats[2]).expect("another network's");
    }

    #[tokio::test(start_paused = true)]
    async fn a_gateway_without_a_free_place_for_ten_seconds_is_not_ready() {
        let places = places();
        let mut seats: Vec<_> = (0..8).map(|net| seat(&places, &format!("10.0.{net}.1")).expect("a seat")).collect();
        advance(FULL_FOR / 2).await;
        places.check().expect("it may pass");
        seats.pop();
        seats.push(seat(&places, "10.9.9.9").expect("somebody left"));
        advance(FULL_FOR - Duration::from_secs(1)).await;
        places.check().expect("there was a place since");
        advance(Duration::from_secs(1)).await;
        assert!(places.check().is_err());
        seats.pop();
        places.check().expect("there is one again");
    }
}
