//! An S3 server, ours or given.

mod server;
mod store;

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use labelmesh_ephemeral::Scratch;

use crate::hosted::{Hosted, adopt, listen};
use crate::scratch::scratch;
use crate::{Error, free_port, secret};

pub use server::serve;

const NAME: &str = "S3";
const VARIABLE: &str = "LABELMESH_S3_ENDPOINT";

/// The two pairs of keys: one may do everything, one may only read objects.
#[derive(Clone)]
pub struct Keys {
    /// Names the pair that may do everything.
    pub access_key: String,
    /// Signs for it.
    pub secret_key: String,
    /// Names the pair that may read objects and nothing else.
    pub read_only_access_key: String,
    /// Signs for it.
    pub read_only_secret_key: String,
}

/// Names without secrets.
impl std::fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Keys({}, {})", self.access_key, self.read_only_access_key)
    }
}

/// An S3 server on the loopback interface that checks signatures. Dropping it stops the server.
#[derive(Debug)]
pub struct S3 {
    endpoint: String,
    region: String,
    keys: Keys,
    own: Option<Own>,
}

/// A server that we started, in this process but on threads of its own.
#[derive(Debug)]
struct Own {
    server: Option<Hosted>,
    address: SocketAddr,
    folder: PathBuf,
    /// Removes a folder that is not kept.
    _scratch: Option<Scratch>,
}

impl S3 {
    /// Starts a server on a free port. It has no buckets yet.
    ///
    /// Objects and keys are kept in `data_dir`, which is made if there is none, or in a temporary folder that goes
    /// away with the server.
    ///
    /// # Errors
    /// If the folder can't be used or no port is free.
    pub async fn start(data_dir: Option<PathBuf>) -> Result<Self, Error> {
        let (folder, scratch) = match data_dir {
            Some(folder) => (folder, None),
            None => {
                let scratch = scratch()?;
                (scratch.path().to_owned(), Some(scratch))
            }
        };
        fs::create_dir_all(&folder).map_err(Error::io("could not make", &folder))?;
        let keys = Keys {
            access_key: "labelmesh".to_owned(),
            secret_key: secret::kept(&folder.join("secret-key"))?,
            read_only_access_key: "labelmesh-read-only".to_owned(),
            read_only_secret_key: secret::kept(&folder.join("read-only-secret-key"))?,
        };
        let port = free_port().map_err(Error::io("could not find a port on", Path::new("127.0.0.1")))?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut own = Own { server: None, address, folder, _scratch: scratch };
        own.run(&keys)?;
        Ok(Self { endpoint: format!("http://{address}"), region: "us-east-1".to_owned(), keys, own: Some(own) })
    }

    /// The server that `LABELMESH_S3_ENDPOINT` names, with `LABELMESH_S3_ACCESS_KEY` and `LABELMESH_S3_SECRET_KEY`,
    /// and, where set, `LABELMESH_S3_REGION` (else `us-east-1`) and `LABELMESH_S3_READ_ONLY_ACCESS_KEY` and
    /// `_SECRET_KEY` (else the other pair); `None` if no endpoint is set.
    ///
    /// # Errors
    /// If there is an endpoint and no keys.
    pub fn from_env() -> Option<Result<Self, Error>> {
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let endpoint = variable(VARIABLE)?;
        let (Some(access_key), Some(secret_key)) =
            (variable("LABELMESH_S3_ACCESS_KEY"), variable("LABELMESH_S3_SECRET_KEY"))
        else {
            let reason = "set LABELMESH_S3_ACCESS_KEY and LABELMESH_S3_SECRET_KEY with it".to_owned();
            return Some(Err(Error::Variable { variable: VARIABLE, reason }));
        };
        let read_only_access_key = variable("LABELMESH_S3_READ_ONLY_ACCESS_KEY").unwrap_or_else(|| access_key.clone());
        let read_only_secret_key = variable("LABELMESH_S3_READ_ONLY_SECRET_KEY").unwrap_or_else(|| secret_key.clone());
        let region = variable("LABELMESH_S3_REGION").unwrap_or_else(|| "us-east-1".to_owned());
        let keys = Keys { access_key, secret_key, read_only_access_key, read_only_secret_key };
        Some(Ok(Self { endpoint, region, keys, own: None }))
    }

    /// The URL that clients are configured with; buckets are the first part of the path.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The region that signatures name.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Both pairs of keys.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Names the pair of keys that may do everything.
    #[must_use]
    pub fn access_key(&self) -> &str {
        &self.keys.access_key
    }

    /// Signs for [`Self::access_key`].
    #[must_use]
    pub fn secret_key(&self) -> &str {
        &self.keys.secret_key
    }

    /// Ends the server at once, with connections and half-written objects as they are.
    ///
    /// # Errors
    /// If it is external.
    pub async fn kill(&mut self) -> Result<(), Error> {
        self.own.as_mut().ok_or(Error::External(NAME))?.server.take();
        Ok(())
    }

    /// Starts the server again on the same port and data. A running one is ended first.
    ///
    /// # Errors
    /// If it is external or its port was taken meanwhile.
    pub async fn restart(&mut self) -> Result<(), Error> {
        let own = self.own.as_mut().ok_or(Error::External(NAME))?;
        own.server.take();
        own.run(&self.keys)
    }
}

impl Own {
    fn run(&mut self, keys: &Keys) -> Result<(), Error> {
        let folder = self.folder.join("objects");
        fs::create_dir_all(&folder).map_err(Error::io("could not make", &folder))?;
        let (listener, keys) = (listen(self.address)?, keys.clone());
        self.server = Some(Hosted::start("s3", move || async move {
            if let Err(error) = serve(adopt(listener), &folder, &keys).await {
                tracing::error!(error = %error, "the S3 server ended");
            }
        })?);
        Ok(())
    }
}
