// Generated from proto/ by `./dev gen`; do not edit.

use reqwest::Method as HttpMethod;

use crate::{Client, Error, auth, route::Route};

static LOGIN: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/Login",
    verb: HttpMethod::POST,
    template: "/v1/sessions",
    has_body: true,
};

static LOGOUT: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/Logout",
    verb: HttpMethod::DELETE,
    template: "/v1/sessions/current",
    has_body: false,
};

static GET_JWKS: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/GetJwks",
    verb: HttpMethod::GET,
    template: "/.well-known/jwks.json",
    has_body: false,
};

impl Client {
    /// Signs in with e-mail and password and starts a session. The token is shown this once.
    ///
    /// `POST /v1/sessions`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn login(&self, request: auth::LoginRequest) -> Result<auth::LoginResponse, Error> {
        self.unary(&LOGIN, &request).await
    }

    /// Ends the session of the token that the call came with. Ending it twice is harmless.
    ///
    /// `DELETE /v1/sessions/current`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn logout(&self, request: auth::LogoutRequest) -> Result<auth::LogoutResponse, Error> {
        self.unary(&LOGOUT, &request).await
    }

    /// The public keys that verify internal tokens, as a JSON Web Key Set (RFC 7517).
    ///
    /// `GET /.well-known/jwks.json`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_jwks(&self, request: auth::GetJwksRequest) -> Result<auth::Jwks, Error> {
        self.unary(&GET_JWKS, &request).await
    }
}
