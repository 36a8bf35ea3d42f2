//! A broker for one test.

use async_nats::{Client, jetstream};
use futures::TryStreamExt as _;
use labelmesh_clock::{Clock, Random};
use labelmesh_events::{Bus, Config, EventKeys};
use labelmesh_identity::KeyList;
use labelmesh_proto::event::SUBJECTS;
use labelmesh_servers::Nats;

use crate::{aside, identities, servers, unique};

/// A user of the broker who may do everything.
const ADMINISTRATOR: &str = "administrator";

/// A broker that a test has for itself: a server of its own, with the users that the contract gives it; or, on a server
/// that the environment names, a prefix that nobody else uses, whose streams are deleted with the value.
#[derive(Debug)]
pub struct TestBroker {
    url: String,
    prefix: String,
    /// The users whom the server knows, each with its credentials; none on somebody else's server.
    credentials: Vec<(&'static str, String)>,
    /// Stopped with the value.
    own: Option<Nats>,
}

impl TestBroker {
    /// On a server of its own, or the one that the environment names.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn create() -> Self {
        match Nats::from_env() {
            Some(given) => Self::create_on(&given),
            None => {
                let own = servers::own_nats().await;
                let mut broker = Self::create_on(&own);
                broker.own = Some(own);
                broker
            }
        }
    }

    /// On a server of the test's own, which may then be killed and restarted.
    #[must_use]
    pub fn create_on(nats: &Nats) -> Self {
        let known = |user| Some((user, nats.credentials(user)?.to_owned()));
        let users = ["gateway", "auth", "users", "tasks", "subtasks", "notify", "renditions", ADMINISTRATOR];
        let prefix = if nats.is_external() { unique("test") } else { "labelmesh".to_owned() };
        let credentials = users.into_iter().filter_map(known).collect();
        Self { url: nats.url().to_owned(), prefix, credentials, own: None }
    }

    /// What the service `user` is configured with: it may do what the contract gives it.
    ///
    /// # Panics
    /// If there is no such service.
    #[must_use]
    pub fn config(&self, user: &str) -> Config {
        let config = Config::new(&*self.url).with_prefix(&*self.prefix);
        if self.credentials.is_empty() {
            return config.insecure();
        }
        config.with_credentials(self.seed(user).expect("a service of the contract"))
    }

    /// A connection of the test's own, which may do everything, and signs as nobody.
    ///
    /// # Panics
    /// If the URL is none.
    pub async fn bus(&self) -> Bus {
        self.bus_as(ADMINISTRATOR, None, Clock::system()).await
    }

    /// A connection that may do everything and signs as the service `owner`, by another clock than the system's.
    ///
    /// # Panics
    /// If the URL is none.
    pub async fn bus_of(&self, owner: &str, clock: Clock) -> Bus {
        self.bus_as(ADMINISTRATOR, Some(owner), clock).await
    }

    /// A connection of the broker's user `user`, which signs as `owner`.
    ///
    /// # Panics
    /// If there is no such user.
    pub async fn bus_as(&self, user: &str, owner: Option<&str>, clock: Clock) -> Bus {
        connect(&self.config(user), user, owner, clock).await
    }

    /// A connection of the test's own with another configuration.
    ///
    /// # Panics
    /// If it can't be used.
    pub async fn bus_with(&self, change: impl FnOnce(&mut Config)) -> Bus {
        let mut config = self.config(ADMINISTRATOR);
        change(&mut config);
        connect(&config, ADMINISTRATOR, None, Clock::system()).await
    }

    /// How many events were parked, as what can never succeed.
    ///
    /// # Panics
    /// If the broker does not answer.
    pub async fn dead_letters(&self) -> usize {
        let jetstream = jetstream::new(self.client().await);
        let names: Vec<String> = jetstream.stream_names().try_collect().await.expect("streams");
        let mut letters = 0;
        for name in names.iter().filter(|name| name.starts_with(&self.prefix) && name.ends_with("-letters")) {
            let stream = jetstream.get_stream(name).await.expect("the stream");
            let parked = stream.info_with_subjects(format!("{}.letter.>", self.prefix)).await.expect("an answer");
            letters += parked
                .map_ok(|(_, count)| count)
                .try_fold(0, async |sum, count| Ok(sum + count))
                .await
                .expect("counts");
        }
        letters
    }

    /// A connection that may do everything, past the crate of events.
    ///
    /// # Panics
    /// If the broker does not answer.
    pub async fn client(&self) -> Client {
        self.client_of(ADMINISTRATOR).await
    }

    /// A connection of the broker's user `user`, past the crate of events.
    ///
    /// # Panics
    /// If the broker does not answer.
    pub async fn client_of(&self, user: &str) -> Client {
        self.config(user).client().await.expect("a broker")
    }

    /// Where the server is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What subjects and streams begin with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    fn seed(&self, user: &str) -> Option<String> {
        self.credentials.iter().find(|(known, _)| *known == user).map(|(_, seed)| seed.clone())
    }
}

/// A connection that believes every service, and signs as one of them, or as nobody.
async fn connect(config: &Config, user: &str, owner: Option<&str>, clock: Clock) -> Bus {
    let key_of = |owner| KeyList::one(identities::service_key(owner).public());
    let owners = SUBJECTS.iter().filter_map(|subject| subject.split('.').next());
    let keys = EventKeys {
        own: owner.map(identities::service_key),
        services: owners.map(|owner| (owner.to_owned(), key_of(owner))).collect(),
    };
    Bus::connect(config, user, keys, clock, Random::system()).await.expect("a URL")
}

impl Drop for TestBroker {
    fn drop(&mut self) {
        if self.own.take().is_some() || !self.credentials.is_empty() {
            // The streams go away with the server.
            return;
        }
        let (config, prefix) = (self.config(ADMINISTRATOR), format!("{}-", self.prefix));
        aside::run(async move {
            // A server that was stopped by its test has taken its streams with it.
            let Ok(client) = config.client().await else { return };
            let jetstream = jetstream::new(client);
            let names: Vec<String> = jetstream.stream_names().try_collect().await.unwrap_or_default();
            for name in names.iter().filter(|name| name.starts_with(&prefix)) {
                let _ = jetstream.delete_stream(name).await;
            }
        });
    }
}
