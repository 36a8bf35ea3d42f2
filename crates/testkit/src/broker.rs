//! A part of the broker for one test.

use async_nats::jetstream;
use futures::TryStreamExt as _;
use labelmesh_clock::{Clock, Random};
use labelmesh_events::{Bus, Config};
use labelmesh_servers::Nats;

use crate::{aside, servers, unique};

/// A broker on which nobody else uses the same prefix. Streams of the prefix are deleted with the value.
#[derive(Debug)]
pub struct TestBroker {
    url: String,
    prefix: String,
}

impl TestBroker {
    /// On the shared server.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn create() -> Self {
        Self::create_on(servers::nats().await)
    }

    /// On a server of the test's own, which may then be killed and restarted.
    #[must_use]
    pub fn create_on(nats: &Nats) -> Self {
        Self { url: nats.url().to_owned(), prefix: unique("test") }
    }

    /// What a service is configured with.
    #[must_use]
    pub fn config(&self) -> Config {
        Config::new(&*self.url).with_prefix(&*self.prefix)
    }

    /// A connection of the test's own.
    ///
    /// # Panics
    /// If the URL is none.
    pub async fn bus(&self) -> Bus {
        self.bus_by(Clock::system()).await
    }

    /// The same by another clock than the system's.
    ///
    /// # Panics
    /// If the URL is none.
    pub async fn bus_by(&self, clock: Clock) -> Bus {
        Bus::connect(&self.config(), "test", clock, Random::system()).await.expect("a URL")
    }

    /// How many events were parked, as what can never succeed.
    ///
    /// # Panics
    /// If the broker does not answer.
    pub async fn dead_letters(&self) -> u64 {
        let client = async_nats::connect(&self.url).await.expect("a broker");
        let name = format!("{}-dead", self.prefix);
        let stream = jetstream::new(client).get_stream(name).await.expect("dead letters");
        stream.cached_info().state.messages
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
}

impl Drop for TestBroker {
    fn drop(&mut self) {
        let (url, prefix) = (self.url.clone(), format!("{}-", self.prefix));
        aside::run(async move {
            // A server that was stopped by its test has taken its streams with it.
            let Ok(client) = async_nats::connect(url).await else { return };
            let jetstream = jetstream::new(client);
            let names: Vec<String> = jetstream.stream_names().try_collect().await.unwrap_or_default();
            for name in names.iter().filter(|name| name.starts_with(&prefix)) {
                let _ = jetstream.delete_stream(name).await;
            }
        });
    }
}
