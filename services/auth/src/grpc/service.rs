//! The RPCs.

use labelmesh_identity::{KeySet, Principal};
use labelmesh_password::Attempt;
use labelmesh_proto::auth::v1::{
    GetJwksRequest, IntrospectRequest, IntrospectResponse, Jwks, LoginRequest, LoginResponse, LogoutRequest,
    LogoutResponse, auth_service_server::AuthService,
};
use labelmesh_server::caller;
use tonic::{Request, Response, Status};

use crate::app::{self, App, Login};

/// The service as tonic calls it.
#[derive(Debug)]
pub(crate) struct Auth(pub(crate) App);

#[tonic::async_trait]
impl AuthService for Auth {
    async fn login(&self, request: Request<LoginRequest>) -> Result<Response<LoginResponse>, Status> {
        let caller = caller(&request)?;
        let LoginRequest { email, password } = request.into_inner();
        let login =
            Login { email, password: Attempt::new(password), address: caller.address, user_agent: caller.user_agent };
        let begun = app::login(&self.0, login).await?;
        Ok(Response::new(begun.into()))
    }

    async fn logout(&self, request: Request<LogoutRequest>) -> Result<Response<LogoutResponse>, Status> {
        if let Principal::User(user) = &caller(&request)?.principal {
            app::logout(&self.0, user).await?;
        }
        Ok(Response::new(LogoutResponse {}))
    }

    async fn get_jwks(&self, _request: Request<GetJwksRequest>) -> Result<Response<Jwks>, Status> {
        let keys = self.0.keys.published().await?;
        Ok(Response::new(KeySet::to_jwks(&keys)))
    }

    async fn introspect(&self, request: Request<IntrospectRequest>) -> Result<Response<IntrospectResponse>, Status> {
        let caller = caller(&request)?;
        let found = app::introspect(&self.0, caller.reach, &request.get_ref().token).await?;
        Ok(Response::new(found.map(IntrospectResponse::from).unwrap_or_default()))
    }
}
