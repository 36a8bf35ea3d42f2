//! The connection to the broker.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::{self, context::ContextBuilder};
use async_nats::{Client, ClientError, Event as Happening, ServerError};
use bytes::Bytes;
use futures::{Stream, StreamExt as _, stream};
use labelmesh_clock::{Clock, Random};
use tokio::sync::watch;

use crate::config::ConfigError;
use crate::patience::{Patience, pause};
use crate::{Config, EventKeys, Reading};

/// How long the broker may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);
const RECONNECT_FIRST: Duration = Duration::from_millis(50);
const RECONNECT_LONGEST: Duration = Duration::from_secs(2);

/// Whether there is a connection, and how many there were.
#[derive(Debug, Clone, Copy, Default)]
struct Connection {
    up: bool,
    count: u64,
}

/// A connection to the broker, which comes and goes with it. Clones share it.
#[derive(Clone)]
pub struct Bus {
    pub(crate) client: Client,
    pub(crate) jetstream: jetstream::Context,
    pub(crate) config: Arc<Config>,
    pub(crate) keys: Arc<EventKeys>,
    application: Arc<str>,
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    connection: watch::Receiver<Connection>,
}

impl Bus {
    /// Begins to connect as `application`, and goes on for ever: the broker need not be up. What is published is
    /// signed, and what is heard is verified, with `keys`.
    ///
    /// # Errors
    /// If the configuration can't be used, or would let others speak for us or read along.
    pub async fn connect(
        config: &Config,
        application: &str,
        keys: EventKeys,
        clock: Clock,
        random: Random,
    ) -> Result<Self, ConfigError> {
        let servers = config.servers()?;
        let (state, connection) = watch::channel(Connection::default());
        let jitter = random.clone();
        let client = config
            .options(&servers)?
            .name(application)
            // The broker lets nobody else hear the answers to us.
            .custom_inbox_prefix(format!("_INBOX.{application}"))
            .retry_on_initial_connect()
            .connection_timeout(TIMEOUT)
            .request_timeout(Some(TIMEOUT))
            .ping_interval(Duration::from_secs(10))
            .reconnect_delay_callback(move |attempts| {
                let failures = u32::try_from(attempts).unwrap_or(u32::MAX);
                pause(failures, RECONNECT_FIRST, RECONNECT_LONGEST, &jitter)
            })
            .event_callback(move |event| {
                let state = state.clone();
                async move { happened(&event, &state) }
            })
            .connect(servers)
            .await
            .map_err(|error| ConfigError::Unusable(error.to_string()))?;
        let jetstream = ContextBuilder::new().timeout(TIMEOUT).ack_timeout(TIMEOUT).build(client.clone());
        Ok(Self {
            client,
            jetstream,
            config: Arc::new(config.clone()),
            keys: Arc::new(keys),
            application: application.into(),
            clock,
            random,
            connection,
        })
    }

    /// Whether there is a connection at present.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.connection.borrow().up
    }

    /// Tells every replica that listens that something changed. It may be lost, and nothing must depend on it.
    pub async fn hint(&self, subject: &str, payload: impl Into<Bytes>) {
        if !self.is_connected() {
            return;
        }
        if let Err(error) = self.client.publish(self.hint_subject(subject), payload.into()).await {
            tracing::debug!(error = %error, messaging.destination.name = subject, "a hint was lost");
        }
    }

    /// The hints on a subject (which may have wildcards) from now on, over reconnections. Some may be missing.
    pub async fn hints(&self, subject: &str) -> impl Stream<Item = Bytes> + Send + use<> {
        match self.client.subscribe(self.hint_subject(subject)).await {
            Ok(subscription) => subscription.map(|message| message.payload).left_stream(),
            Err(error) => {
                tracing::warn!(error = %error, messaging.destination.name = subject, "no hints will come");
                stream::pending().right_stream()
            }
        }
    }

    /// Who we are to the broker.
    pub(crate) fn application(&self) -> &str {
        &self.application
    }

    /// Ends when there is a connection.
    pub(crate) async fn connected(&self) {
        // The sender lives as long as the client, whose callback it is in.
        let _ = self.connection.clone().wait_for(|connection| connection.up).await;
    }

    /// Ends when there is a connection that is not one of the first `known` ones; says how many there were.
    pub(crate) async fn connected_anew(&self, known: u64) -> u64 {
        let mut connection = self.connection.clone();
        let anew = connection.wait_for(|connection| connection.up && connection.count > known).await;
        match anew.map(|connection| connection.count) {
            Ok(count) => count,
            // The sender lives as long as the client, whose callback it is in.
            Err(_) => std::future::pending().await,
        }
    }

    /// Ends when there is no connection.
    pub(crate) async fn disconnected(&self) {
        let _ = self.connection.clone().wait_for(|connection| !connection.up).await;
    }

    /// How many connections there were: after another one, what was known of the broker may not hold.
    pub(crate) fn connections(&self) -> u64 {
        self.connection.borrow().count
    }

    pub(crate) fn patience(&self) -> Patience {
        Patience::new(self.random.clone())
    }

    /// What messages of the broker are read by.
    pub(crate) fn reading(&self) -> Reading<'_> {
        Reading { prefix: &self.config.prefix, keys: &self.keys, accept_unsigned: self.config.accept_unsigned }
    }

    /// The subject on the broker of an event's subject.
    pub(crate) fn subject(&self, subject: &str) -> String {
        format!("{}.{subject}", self.config.prefix)
    }

    fn hint_subject(&self, subject: &str) -> String {
        format!("{}.hint.{subject}", self.config.prefix)
    }
}

fn happened(event: &Happening, state: &watch::Sender<Connection>) {
    match event {
        Happening::Connected => {
            tracing::info!("connected to the broker");
            state.send_modify(|state| *state = Connection { up: true, count: state.count + 1 });
        }
        Happening::Disconnected | Happening::Closed => {
            tracing::warn!("the connection to the broker is lost");
            state.send_modify(|state| state.up = false);
        }
        // Credentials that are not known, or more than the user may do.
        Happening::ServerError(error @ (ServerError::AuthorizationViolation | ServerError::Other(_))) => {
            tracing::warn!(error = %error, "the broker refuses us something");
        }
        Happening::ClientError(error @ ClientError::Other(_)) => {
            tracing::warn!(error = %error, "the broker can't be reached");
        }
        event => tracing::debug!(event = %event, "the broker says"),
    }
}
