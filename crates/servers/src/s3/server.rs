//! The protocol: connections, signatures, and who may do what.

use std::io;
use std::path::Path;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s::{S3Result, s3_error};
use tokio::net::TcpListener;

use super::Keys;
use super::store::Store;

/// Serves S3 on `listener` from the objects in `folder`, for ever; for a process that is an S3 server and nothing else.
///
/// # Errors
/// If the folder can't be used. A connection's errors are its client's.
pub async fn serve(listener: TcpListener, folder: &Path, keys: &Keys) -> io::Result<()> {
    let store = Store::open(folder).map_err(|error| io::Error::other(format!("{error:?}")))?;
    let mut auth = SimpleAuth::from_single(keys.access_key.clone(), keys.secret_key.clone());
    auth.register(keys.read_only_access_key.clone(), keys.read_only_secret_key.clone().into());
    let mut builder = S3ServiceBuilder::new(store);
    builder.set_auth(auth);
    builder.set_access(Access { read_only: keys.read_only_access_key.clone() });
    let service = builder.build();
    let http = Builder::new(TokioExecutor::new());
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of descriptors, most likely: give those in use a moment to be closed.
                tracing::warn!(error = %error, "could not accept a connection");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                continue;
            }
        };
        let connection = http.serve_connection(TokioIo::new(stream), service.clone()).into_owned();
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(error = %error, "a connection to the S3 server ended early");
            }
        });
    }
}

/// Lets the read-only pair of keys read objects, the other one do everything, and nobody else anything.
struct Access {
    read_only: String,
}

#[async_trait::async_trait]
impl S3Access for Access {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        let Some(credentials) = context.credentials() else {
            return Err(s3_error!(AccessDenied, "a signature is required"));
        };
        let reads = ["GetObject", "HeadObject"].contains(&context.s3_op().name());
        if credentials.access_key == self.read_only && !reads {
            return Err(s3_error!(AccessDenied, "these keys may only read objects"));
        }
        Ok(())
    }
}
