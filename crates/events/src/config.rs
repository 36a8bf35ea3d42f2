//! How a service reaches the broker.

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use async_nats::{Client, ConnectOptions, ServerAddr};
use labelmesh_transport::Protection;
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

/// Where the broker is, who we are to it, and what is ours on it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// One or more servers of one cluster, separated by commas: `tls://host:4222`. Without TLS, `nats://host:4222`,
    /// only one on this machine is reached.
    pub url: SecretString,
    /// The seed of the service's nkey (`SU...`), or the text of a credentials file. Not needed where the URL has a name
    /// and a password: `tls://name:password@host:4222`.
    #[serde(default)]
    pub credentials: Option<SecretString>,
    /// How the broker's certificate is verified.
    #[serde(default)]
    pub tls: Tls,
    /// Lets the service start without credentials and without TLS: where nobody else can reach the broker.
    #[serde(default)]
    pub insecure: bool,
    /// Believes events that nobody has signed. For the upgrade from a release that signed none, until its last event
    /// has left the broker, seven days later. A wrong signature is refused in any case.
    #[serde(default)]
    pub accept_unsigned: bool,
    /// What all our subjects and streams begin with, so that several systems can share a broker. No dots. The users in
    /// `deploy/nats/users.conf` are for the default, `labelmesh`.
    #[serde(default = "prefix")]
    pub prefix: String,
    /// On how many servers of the cluster each stream is stored: 1, 3 or 5.
    #[serde(default = "replicas")]
    pub replicas: usize,
    /// How long the broker waits for news of an event before it gives the event to another replica: 10 seconds. A
    /// replica that is still at work says so three times as often, so this is how long the work of a dead replica
    /// rests. The same in all that share a consumer.
    #[serde(default = "ack_wait", with = "humantime_serde")]
    pub ack_wait: Duration,
}

/// How the broker's certificate is verified.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// A file with the certificates of the authorities that are believed instead of the system's, in PEM.
    pub ca_file: Option<PathBuf>,
}

/// What keeps a service from connecting to the broker.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The URL is none, or a file can't be used.
    #[error("events.url or events.tls.ca_file can't be used: {0}")]
    Unusable(String),
    /// Anybody could read and change what is said.
    #[error(transparent)]
    Unprotected(#[from] labelmesh_transport::Unprotected),
    /// The broker would have to believe anybody.
    #[error(
        "events.credentials is missing: give the seed of the service's nkey, or say events.insecure = true where nobody \
         else can reach the broker"
    )]
    Anonymous,
    /// The credentials have no form that we know.
    #[error("events.credentials is neither the seed of an nkey (SU...) nor the text of a credentials file")]
    Credentials,
}

impl Config {
    /// The defaults for a broker at `url`.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into().into(),
            credentials: None,
            tls: Tls::default(),
            insecure: false,
            accept_unsigned: false,
            prefix: prefix(),
            replicas: replicas(),
            ack_wait: ack_wait(),
        }
    }

    /// With another prefix.
    #[must_use]
    pub fn with_prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into(), ..self }
    }

    /// With credentials.
    #[must_use]
    pub fn with_credentials(self, credentials: impl Into<String>) -> Self {
        Self { credentials: Some(credentials.into().into()), ..self }
    }

    /// For a broker that nobody else can reach.
    #[must_use]
    pub fn insecure(self) -> Self {
        Self { insecure: true, ..self }
    }

    /// A connection past events, for tools and tests.
    ///
    /// # Errors
    /// As [`crate::Bus::connect`], or if the broker does not let us in.
    pub async fn client(&self) -> Result<Client, ConfigError> {
        let servers = self.servers()?;
        let connecting = self.options(&servers)?.connect(servers).await;
        connecting.map_err(|error| ConfigError::Unusable(error.to_string()))
    }

    /// The servers of the URL.
    pub(crate) fn servers(&self) -> Result<Vec<ServerAddr>, ConfigError> {
        let servers = self.url.expose_secret().split(',').map(|url| url.trim().parse());
        servers.collect::<Result<_, _>>().map_err(|error: std::io::Error| ConfigError::Unusable(error.to_string()))
    }

    /// How to connect, once it is sure that nobody else could read along or be taken for us.
    pub(crate) fn options(&self, servers: &[ServerAddr]) -> Result<ConnectOptions, ConfigError> {
        let encrypted = |server: &ServerAddr| server.scheme() == "tls";
        for server in servers {
            let protection = Protection { section: "events", remedy: "write tls:// in events.url" };
            protection.require(server.host(), encrypted(server), self.insecure)?;
        }
        let named = servers.iter().find_map(|server| Some((server.username()?, server.password()?)));
        let options = match (&self.credentials, named) {
            (Some(credentials), _) => authenticated(credentials.expose_secret())?,
            (None, Some((name, password))) => ConnectOptions::with_user_and_password(plain(name), plain(password)),
            (None, None) if self.insecure => ConnectOptions::new(),
            (None, None) => return Err(ConfigError::Anonymous),
        };
        // Servers that the broker tells us of later are reached in the same way.
        let options = options.require_tls(servers.iter().any(encrypted));
        Ok(match &self.tls.ca_file {
            Some(path) => {
                // Said now, and not with every attempt to connect.
                File::open(path).map_err(|error| ConfigError::Unusable(format!("{}: {error}", path.display())))?;
                options.add_root_certificates(path.clone())
            }
            None => options,
        })
    }
}

/// A text of a URL as it was meant.
fn plain(encoded: &str) -> String {
    percent_decode_str(encoded).decode_utf8_lossy().into_owned()
}

fn authenticated(credentials: &str) -> Result<ConnectOptions, ConfigError> {
    let credentials = credentials.trim();
    if credentials.contains("-----BEGIN NATS USER JWT-----") {
        return ConnectOptions::with_credentials(credentials).map_err(|_| ConfigError::Credentials);
    }
    nkeys::KeyPair::from_seed(credentials).map_err(|_| ConfigError::Credentials)?;
    Ok(ConnectOptions::with_nkey(credentials.to_owned()))
}

fn prefix() -> String {
    "labelmesh".to_owned()
}

fn replicas() -> usize {
    1
}

fn ack_wait() -> Duration {
    Duration::from_secs(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(config: &Config) -> Result<(), String> {
        let servers = config.servers().map_err(|error| error.to_string())?;
        config.options(&servers).map(drop).map_err(|error| error.to_string())
    }

    fn seed() -> String {
        let key = nkeys::KeyPair::new_from_raw(nkeys::KeyPairType::User, [7; 32]).expect("a key");
        key.seed().expect("a seed")
    }

    #[test]
    fn a_broker_is_reached_as_somebody_and_so_that_nobody_reads_along() {
        for (url, credentials) in [
            ("tls://nats.example:4222", Some(seed())),
            ("nats://127.0.0.1:4222", Some(seed())),
            ("tls://a.example, tls://b.example", Some(seed())),
            ("tls://tasks:s%20ecret@nats.example", None),
        ] {
            let config = Config { credentials: credentials.map(Into::into), ..Config::new(url) };
            assert_eq!(checked(&config), Ok(()), "{url}");
        }
        for (url, key) in [
            ("nats://nats.example:4222", "events.url"),
            ("tls://a.example,nats://b.example", "events.url"),
            ("nats.example", "events.url"),
        ] {
            let config = Config::new(url).with_credentials(seed());
            let refused = checked(&config).expect_err(url);
            assert!(refused.contains(key) && refused.contains("events.insecure"), "{refused}");
            assert_eq!(checked(&config.insecure()), Ok(()), "{url}");
        }
        for url in ["tls://nats.example:4222", "nats://127.0.0.1:4222", "tls://tasks@nats.example"] {
            let refused = checked(&Config::new(url)).expect_err(url);
            assert!(refused.contains("events.credentials") && refused.contains("events.insecure"), "{refused}");
            assert_eq!(checked(&Config::new(url).insecure()), Ok(()), "{url}");
        }
    }

    #[test]
    fn what_can_not_be_used_is_named_and_no_secret_is_told() {
        let refused = checked(&Config::new("tls://nats.example").with_credentials("hunter2")).expect_err("no key");
        assert!(refused.contains("events.credentials") && !refused.contains("hunter2"), "{refused}");
        let refused = checked(&Config::new("http://tasks:hunter2@nats.example")).expect_err("no broker");
        assert!(refused.contains("events.url") && !refused.contains("hunter2"), "{refused}");
    }
}
