#![doc = include_str!("../README.md")]

mod config;
mod failure;
mod object;

use std::time::Duration;

use aws_sdk_s3::{
    Client,
    config::{
        Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation, retry::RetryConfig,
        timeout::TimeoutConfig,
    },
    error::SdkError,
    presigning::PresigningConfig,
    primitives::ByteStream,
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use bytes::Bytes;
use labelmesh_errors::{Error, Result};
use labelmesh_transport::Unprotected;
use secrecy::ExposeSecret as _;

pub use config::Config;
pub use object::Object;

use failure::{fault, is_missing, status};

/// How large an object may be, in bytes, that is sent without asking whether it is there: connections hold as much, so
/// that the server's answer finds nobody sending.
const SENT_UNSEEN: usize = 16 * 1024;

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// The object was not there and is now.
    Written,
    /// There was an object of this key already; nothing changed.
    Present,
}

/// One bucket. Clones share the connections.
#[derive(Debug, Clone)]
pub struct Blobs {
    client: Client,
    /// Signs URLs for use from outside; none where there is no public address.
    public: Option<Client>,
    bucket: String,
}

impl Blobs {
    /// A client of the bucket. Does not talk to the server yet.
    ///
    /// # Errors
    /// If an address leads to another machine without TLS.
    pub fn new(config: &Config) -> std::result::Result<Self, Unprotected> {
        config.check()?;
        Ok(Self {
            client: client(config, &config.endpoint),
            public: config.public_endpoint.as_deref().map(|endpoint| client(config, endpoint)),
            bucket: config.bucket.clone(),
        })
    }

    /// Makes the bucket if there is none. In production it is made by whoever sets up the storage; development and
    /// tests call this.
    ///
    /// # Errors
    /// If the server can't be reached or refuses.
    pub async fn ensure_bucket(&self) -> Result<()> {
        if self.reachable().await? {
            return Ok(());
        }
        match self.client.create_bucket().bucket(&self.bucket).send().await {
            Ok(_) => Ok(()),
            // Another replica was faster: 409.
            Err(error) if status(&error) == Some(409) => Ok(()),
            Err(error) => Err(fault(error)),
        }
    }

    /// Whether the bucket is there; for readiness.
    ///
    /// # Errors
    /// If the server can't be reached or refuses.
    pub async fn reachable(&self) -> Result<bool> {
        match self.client.head_bucket().bucket(&self.bucket).send().await {
            Ok(_) => Ok(true),
            Err(error) if status(&error) == Some(404) => Ok(false),
            Err(error) => Err(fault(error)),
        }
    }

    /// Writes an object unless there is one of this key. Repeating it is harmless.
    ///
    /// # Errors
    /// If the server can't be reached or refuses; the object may be there nonetheless.
    pub async fn put_if_absent(&self, key: &str, bytes: Bytes, media_type: &str) -> Result<Put> {
        // A server that has one may answer and hang up before it has read this one, and whoever still sends then finds
        // the connection broken and no answer.
        if bytes.len() > SENT_UNSEEN && self.has(key).await? {
            return Ok(Put::Present);
        }
        let put = self.client.put_object().bucket(&self.bucket).key(key);
        let put = put.content_type(media_type).if_none_match("*").body(ByteStream::from(bytes));
        match put.send().await {
            Ok(_) => Ok(Put::Written),
            // 412: there is one. 409: one is being written at this moment; only its writer knows whether it will be
            // there, so the caller must try again.
            Err(error) if status(&error) == Some(412) => Ok(Put::Present),
            Err(error) if status(&error) == Some(409) => Err(Error::unavailable(error)),
            Err(error) => {
                // Somebody may have written one meanwhile, or a try of ours whose answer was lost.
                let broke_off = matches!(error, SdkError::DispatchFailure(_));
                if broke_off && self.has(key).await? { Ok(Put::Present) } else { Err(fault(error)) }
            }
        }
    }

    /// Copies an object on the server's side, unless there is one of the other key; `None` where there is nothing to
    /// copy. Repeating it is harmless, and so are two at once: both keys are made from the same content. Keys are of
    /// letters, digits, `/`, `.` and `-`.
    ///
    /// # Errors
    /// If the server can't be reached or refuses; the copy may be there nonetheless.
    pub async fn copy_if_absent(&self, from: &str, to: &str) -> Result<Option<Put>> {
        if self.has(to).await? {
            return Ok(Some(Put::Present));
        }
        let source = format!("{}/{from}", self.bucket);
        match self.client.copy_object().bucket(&self.bucket).key(to).copy_source(source).send().await {
            Ok(_) => Ok(Some(Put::Written)),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(fault(error)),
        }
    }

    async fn has(&self, key: &str) -> Result<bool> {
        match self.client.head_object().bucket(&self.bucket).key(key).send().await {
            Ok(_) => Ok(true),
            Err(error) if is_missing(&error) => Ok(false),
            Err(error) => Err(fault(error)),
        }
    }

    /// An object to be read piece by piece, or `None` where there is none.
    ///
    /// # Errors
    /// If the server can't be reached or refuses.
    pub async fn get(&self, key: &str) -> Result<Option<Object>> {
        match self.client.get_object().bucket(&self.bucket).key(key).send().await {
            Ok(output) => Ok(Some(Object::new(output))),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(fault(error)),
        }
    }

    /// Removes an object. Repeating it is harmless.
    ///
    /// # Errors
    /// If the server can't be reached or refuses; the object may be gone nonetheless.
    pub async fn delete(&self, key: &str) -> Result<()> {
        match self.client.delete_object().bucket(&self.bucket).key(key).send().await {
            Ok(_) => Ok(()),
            // Some servers say that there is none.
            Err(error) if is_missing(&error) => Ok(()),
            Err(error) => Err(fault(error)),
        }
    }

    /// A URL with which anyone can read the object until it expires, or `None` where no public address is configured:
    /// then the bytes pass through us. The server is not asked. The URL expires by S3's clock.
    ///
    /// # Errors
    /// If it is to live longer than a week, the most that S3 allows.
    pub async fn presign_get(&self, key: &str, expires_in: Duration) -> Result<Option<String>> {
        let Some(public) = &self.public else { return Ok(None) };
        let expiry = PresigningConfig::expires_in(expires_in).map_err(Error::internal)?;
        let signed = public.get_object().bucket(&self.bucket).key(key).presigned(expiry).await.map_err(fault)?;
        Ok(Some(signed.uri().to_owned()))
    }
}

fn client(config: &Config, endpoint: &str) -> Client {
    // Reading the system's root certificates takes tens of milliseconds: not for plain HTTP.
    let http = if endpoint.starts_with("https://") {
        Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
    } else {
        Builder::new().build_http()
    };
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .read_timeout(config.read_timeout())
        .operation_attempt_timeout(config.attempt_timeout())
        .operation_timeout(config.timeout());
    let keys = Credentials::new(&config.access_key, config.secret_key.expose_secret(), None, None, "configuration");
    let config = aws_sdk_s3::Config::builder()
        .endpoint_url(endpoint)
        .region(Region::new(config.region.clone()))
        .credentials_provider(keys)
        .force_path_style(true)
        .request_checksum_calculation(RequestChecksumCalculation::WhenSupported)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .timeout_config(timeouts.build())
        .http_client(http)
        .build();
    Client::from_conf(config)
}
