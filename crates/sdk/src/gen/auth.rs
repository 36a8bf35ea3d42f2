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

static LIST_SESSIONS: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/ListSessions",
    verb: HttpMethod::GET,
    template: "/v1/sessions",
    has_body: false,
};

static END_SESSION: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/EndSession",
    verb: HttpMethod::DELETE,
    template: "/v1/sessions/{session_id}",
    has_body: false,
};

static END_SESSIONS: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/EndSessions",
    verb: HttpMethod::POST,
    template: "/v1/sessions:end",
    has_body: true,
};

static CHANGE_PASSWORD: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/ChangePassword",
    verb: HttpMethod::POST,
    template: "/v1/me:changePassword",
    has_body: true,
};

static CREATE_API_KEY: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/CreateApiKey",
    verb: HttpMethod::POST,
    template: "/v1/api-keys",
    has_body: true,
};

static LIST_API_KEYS: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/ListApiKeys",
    verb: HttpMethod::GET,
    template: "/v1/api-keys",
    has_body: false,
};

static REVOKE_API_KEY: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/RevokeApiKey",
    verb: HttpMethod::DELETE,
    template: "/v1/api-keys/{api_key_id}",
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

    /// Ends the session of the token that the call came with. Ending it twice is harmless. Not with an API key.
    ///
    /// `DELETE /v1/sessions/current`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn logout(&self, request: auth::LogoutRequest) -> Result<auth::LogoutResponse, Error> {
        self.unary(&LOGOUT, &request).await
    }

    /// Lists the sessions that are open: one's own, or any user's for administrators. The newest first.
    ///
    /// `GET /v1/sessions`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_sessions(&self, request: auth::ListSessionsRequest) -> Result<auth::ListSessionsResponse, Error> {
        self.unary(&LIST_SESSIONS, &request).await
    }

    /// Everything that [`Self::list_sessions`] lists, page by page from the first on.
    #[must_use]
    pub fn list_sessions_all(&self, request: auth::ListSessionsRequest) -> crate::Answers<auth::Session> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) = (client.clone(), auth::ListSessionsRequest { page_token, ..request.clone() });
            async move { client.list_sessions(request).await.map(|page| (page.sessions, page.next_page_token)) }
        })
    }

    /// Ends a session: one's own, or anybody's for administrators. Its open streams end too. Ending it twice is harmless.
    /// Not with an API key.
    ///
    /// `DELETE /v1/sessions/{session_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn end_session(&self, request: auth::EndSessionRequest) -> Result<auth::EndSessionResponse, Error> {
        self.unary(&END_SESSION, &request).await
    }

    /// Ends all sessions of a user: one's own, or anybody's for administrators. Their open streams end too. API keys go
    /// on. Not with an API key.
    ///
    /// `POST /v1/sessions:end`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn end_sessions(&self, request: auth::EndSessionsRequest) -> Result<auth::EndSessionsResponse, Error> {
        self.unary(&END_SESSIONS, &request).await
    }

    /// Changes the password of who calls. All their other sessions end; this one goes on, and API keys do unless asked
    /// otherwise. Not with an API key.
    ///
    /// `POST /v1/me:changePassword`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn change_password(
        &self,
        request: auth::ChangePasswordRequest,
    ) -> Result<auth::ChangePasswordResponse, Error> {
        self.unary(&CHANGE_PASSWORD, &request).await
    }

    /// Makes an API key: a secret that is accepted wherever a session's token is, for programs. It is shown this once. A
    /// repeat makes another key, since a secret is not kept from which the first answer could be given again. Not with an
    /// API key.
    ///
    /// `POST /v1/api-keys`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn create_api_key(
        &self,
        request: auth::CreateApiKeyRequest,
    ) -> Result<auth::CreateApiKeyResponse, Error> {
        self.unary(&CREATE_API_KEY, &request).await
    }

    /// Lists the API keys that are good: one's own, or any user's for administrators. The newest first.
    ///
    /// `GET /v1/api-keys`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_api_keys(&self, request: auth::ListApiKeysRequest) -> Result<auth::ListApiKeysResponse, Error> {
        self.unary(&LIST_API_KEYS, &request).await
    }

    /// Everything that [`Self::list_api_keys`] lists, page by page from the first on.
    #[must_use]
    pub fn list_api_keys_all(&self, request: auth::ListApiKeysRequest) -> crate::Answers<auth::ApiKey> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) = (client.clone(), auth::ListApiKeysRequest { page_token, ..request.clone() });
            async move { client.list_api_keys(request).await.map(|page| (page.api_keys, page.next_page_token)) }
        })
    }

    /// Revokes an API key: one's own, or anybody's for administrators. Its open streams end too. Revoking it twice is
    /// harmless. Not with an API key.
    ///
    /// `DELETE /v1/api-keys/{api_key_id}`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn revoke_api_key(
        &self,
        request: auth::RevokeApiKeyRequest,
    ) -> Result<auth::RevokeApiKeyResponse, Error> {
        self.unary(&REVOKE_API_KEY, &request).await
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
