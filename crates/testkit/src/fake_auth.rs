//! Stands in for auth where a service under test fetches the keys of user tokens.

use http::Uri;
use labelmesh_identity::KeySet;
use labelmesh_proto::auth::v1::auth_service_server::{AuthService, AuthServiceServer};
use labelmesh_proto::auth::v1::{GetJwksRequest, Jwks};
use tonic::transport::Server;
use tonic::{Request, Response, Status};

use crate::{Identities, Serving};

/// A gRPC server that answers `GetJwks`, and nothing else. Stopped with the value.
#[derive(Debug)]
pub struct FakeAuth(Serving);

impl FakeAuth {
    /// Serves the public key of these identities on a free port.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn start(identities: &Identities) -> Self {
        let service = AuthServiceServer::new(Keys(KeySet::to_jwks(&[identities.user_key()])));
        Self(Serving::start(Server::builder().add_service(service)).await)
    }

    /// Where it listens.
    #[must_use]
    pub fn uri(&self) -> Uri {
        self.0.uri()
    }
}

struct Keys(Jwks);

#[tonic::async_trait]
impl AuthService for Keys {
    async fn get_jwks(&self, _: Request<GetJwksRequest>) -> Result<Response<Jwks>, Status> {
        Ok(Response::new(self.0.clone()))
    }
}
