//! Stands in for auth where a service under test fetches the keys of user tokens.

use std::net::{Ipv4Addr, SocketAddr};

use labelmesh_identity::KeySet;
use labelmesh_proto::auth::v1::auth_service_server::{AuthService, AuthServiceServer};
use labelmesh_proto::auth::v1::{GetJwksRequest, Jwks};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::transport::Server;
use tonic::{Request, Response, Status};

use crate::Identities;

/// A gRPC server that answers `GetJwks`, and nothing else. Stopped with the value.
#[derive(Debug)]
pub struct FakeAuth {
    address: SocketAddr,
    _running: DropGuard,
}

impl FakeAuth {
    /// Serves the public key of these identities on a free port.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn start(identities: &Identities) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let stop = CancellationToken::new();
        let service = AuthServiceServer::new(Keys(KeySet::to_jwks(&[identities.user_key()])));
        let stopped = stop.clone().cancelled_owned();
        tokio::spawn(async move {
            let server = Server::builder().add_service(service);
            server.serve_with_incoming_shutdown(TcpListenerStream::new(listener), stopped).await
        });
        Self { address, _running: stop.drop_guard() }
    }

    /// Where it listens, as a URI.
    #[must_use]
    pub fn uri(&self) -> String {
        format!("http://{}", self.address)
    }
}

struct Keys(Jwks);

#[tonic::async_trait]
impl AuthService for Keys {
    async fn get_jwks(&self, _: Request<GetJwksRequest>) -> Result<Response<Jwks>, Status> {
        Ok(Response::new(self.0.clone()))
    }
}
