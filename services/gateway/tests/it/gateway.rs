//! A gateway in front of the test's services.

use std::{net::SocketAddr, sync::Mutex};

use gateway::{Config, Cors, Limits, Tokens};
use labelmesh_clock::{Clock, Random};
use labelmesh_service::{Basics, Handle, Surroundings};
use labelmesh_testkit::{Identities, http_client};
use reqwest::{Client, Method, RequestBuilder, Response};

use crate::services::{Running, Services, TOKEN};

/// A gateway, and all that stands behind it.
pub(crate) struct TestGateway {
    address: SocketAddr,
    handle: Mutex<Option<Handle>>,
    running: Running,
    client: Client,
}

impl TestGateway {
    /// A gateway that can hear of nothing.
    pub(crate) async fn start() -> Self {
        Self::start_with(deaf()).await
    }

    /// A gateway that can hear of nothing, within these limits.
    pub(crate) async fn start_within(limits: Limits) -> Self {
        Self::start_as(deaf(), limits).await
    }

    /// A gateway that hears of events.
    pub(crate) async fn start_with(events: labelmesh_events::Config) -> Self {
        Self::start_as(events, Limits::default()).await
    }

    async fn start_as(events: labelmesh_events::Config, limits: Limits) -> Self {
        let running = Services::start().await;
        let endpoint = running.serving.uri();
        let random = Random::system();
        let mut basics = Basics {
            listen: ([127, 0, 0, 1], 0).into(),
            admin_listen: ([127, 0, 0, 1], 0).into(),
            ..Basics::default()
        };
        let identities = Identities::new(&Clock::system());
        basics.identity.key = Some(identities.service_key("gateway"));
        basics.identity.services = identities.service_keys(&["auth"]).into_iter().collect();
        let peer = || labelmesh_client::Config::new(vec![endpoint.clone()]);
        let config = Config {
            basics,
            peers: ["auth", "users", "tasks", "subtasks", "notify", "renditions"]
                .map(|key| (key.to_owned(), peer()))
                .into(),
            events,
            tokens: Tokens::default(),
            cors: Cors { origins: vec!["https://label.example".to_owned()] },
            trusted_proxies: Vec::new(),
            limits,
        };
        let surroundings = Surroundings { clock: Clock::system(), random };
        let handle = gateway::start(config, surroundings).await.expect("a gateway");
        Self { address: handle.grpc_addr(), handle: Mutex::new(Some(handle)), running, client: http_client() }
    }

    pub(crate) fn services(&self) -> &Services {
        &self.running.services
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self, target: &str) -> String {
        format!("http://{}{target}", self.address)
    }

    /// A request without a token.
    pub(crate) fn anonymous(&self, method: Method, target: &str) -> RequestBuilder {
        self.client.request(method, self.url(target))
    }

    /// A request with the token that auth knows.
    pub(crate) fn request(&self, method: Method, target: &str) -> RequestBuilder {
        self.anonymous(method, target).bearer_auth(TOKEN)
    }

    pub(crate) async fn get(&self, target: &str) -> Response {
        self.request(Method::GET, target).send().await.expect("an answer")
    }

    /// Stops the gateway, in the background: what is still open keeps it from ending.
    pub(crate) fn stop(&self) {
        let handle = self.handle.lock().expect("no panic").take().expect("a gateway that runs");
        tokio::spawn(handle.shutdown());
    }
}

/// Nothing listens there, and nothing has to.
fn deaf() -> labelmesh_events::Config {
    labelmesh_events::Config::new("nats://127.0.0.1:9").insecure()
}
