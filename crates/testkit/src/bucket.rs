//! A bucket for one test.

use labelmesh_blobs::{Blobs, Config};

use crate::{servers, unique};

/// An empty bucket on the shared S3 server.
#[derive(Debug)]
pub struct TestBucket {
    config: Config,
    read_only: Config,
}

impl TestBucket {
    /// A new bucket.
    ///
    /// # Panics
    /// If the server does not start.
    pub async fn create() -> Self {
        let s3 = servers::s3().await;
        let keys = s3.keys();
        let with = |access_key: &str, secret_key: &str, bucket: &str| Config {
            endpoint: s3.endpoint().to_owned(),
            insecure: false,
            public_endpoint: None,
            bucket: bucket.to_owned(),
            region: s3.region().to_owned(),
            access_key: access_key.to_owned(),
            secret_key: secret_key.into(),
            timeout_ms: 20_000,
        };
        let bucket = unique("test-");
        let config = with(&keys.access_key, &keys.secret_key, &bucket);
        let read_only = with(&keys.read_only_access_key, &keys.read_only_secret_key, &bucket);
        let created = Self { config, read_only };
        created.blobs().ensure_bucket().await.expect("a bucket is made");
        created
    }

    /// What a service that writes is configured with. No public endpoint: images pass through us.
    #[must_use]
    pub fn config(&self) -> Config {
        self.config.clone()
    }

    /// What a service that only reads is configured with.
    #[must_use]
    pub fn read_only_config(&self) -> Config {
        self.read_only.clone()
    }

    /// A client of the test's own.
    #[must_use]
    pub fn blobs(&self) -> Blobs {
        Blobs::new(&self.config).expect("a server on this machine")
    }
}
