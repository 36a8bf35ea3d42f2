// Generated from proto/ by `./dev gen`; do not edit.

use reqwest::Method as HttpMethod;

use crate::{Client, Error, auth, route::Route};

static LIST_ACTS: Route = Route {
    rpc: "/labelmesh.auth.v1.AuditService/ListActs",
    verb: HttpMethod::GET,
    template: "/v1/acts",
    has_body: false,
};

static EXPORT_ACTS: Route = Route {
    rpc: "/labelmesh.auth.v1.AuditService/ExportActs",
    verb: HttpMethod::GET,
    template: "/v1/acts/export",
    has_body: false,
};

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

static REQUEST_PASSWORD_RESET: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/RequestPasswordReset",
    verb: HttpMethod::POST,
    template: "/v1/passwords:requestReset",
    has_body: true,
};

static RESET_PASSWORD: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/ResetPassword",
    verb: HttpMethod::POST,
    template: "/v1/passwords:reset",
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

static ENROL_SECOND_FACTOR: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/EnrolSecondFactor",
    verb: HttpMethod::POST,
    template: "/v1/me/second-factor",
    has_body: true,
};

static CONFIRM_SECOND_FACTOR: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/ConfirmSecondFactor",
    verb: HttpMethod::POST,
    template: "/v1/me/second-factor:confirm",
    has_body: true,
};

static REMOVE_SECOND_FACTOR: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/RemoveSecondFactor",
    verb: HttpMethod::POST,
    template: "/v1/me/second-factor:remove",
    has_body: true,
};

static GET_SECOND_FACTOR: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/GetSecondFactor",
    verb: HttpMethod::GET,
    template: "/v1/me/second-factor",
    has_body: false,
};

static TAKE_SECOND_FACTOR: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/TakeSecondFactor",
    verb: HttpMethod::DELETE,
    template: "/v1/users/{user_id}/second-factor",
    has_body: false,
};

static GET_JWKS: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/GetJwks",
    verb: HttpMethod::GET,
    template: "/.well-known/jwks.json",
    has_body: false,
};

static EXPORT_MY_ACCESS: Route = Route {
    rpc: "/labelmesh.auth.v1.AuthService/ExportMyAccess",
    verb: HttpMethod::GET,
    template: "/v1/me/data/access",
    has_body: false,
};

impl Client {
    /// Lists acts, the newest first.
    ///
    /// `GET /v1/acts`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn list_acts(&self, request: auth::ListActsRequest) -> Result<auth::ListActsResponse, Error> {
        self.unary(&LIST_ACTS, &request).await
    }

    /// Everything that [`Self::list_acts`] lists, page by page from the first on.
    #[must_use]
    pub fn list_acts_all(&self, request: auth::ListActsRequest) -> crate::Answers<auth::RecordedAct> {
        let client = self.clone();
        crate::pages::items(move |page_token| {
            let (client, request) = (client.clone(), auth::ListActsRequest { page_token, ..request.clone() });
            async move { client.list_acts(request).await.map(|page| (page.acts, page.next_page_token)) }
        })
    }

    /// Streams acts, the newest first. Those that arrive meanwhile may be missing.
    ///
    /// `GET /v1/acts/export`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn export_acts(
        &self,
        request: auth::ExportActsRequest,
    ) -> Result<crate::Answers<auth::RecordedAct>, Error> {
        self.stream(&EXPORT_ACTS, &request).await
    }

    /// Signs in with e-mail and password, and with a code where the account has a second factor, and starts a session. The
    /// token is shown this once.
    ///
    /// `POST /v1/sessions`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn login(&self, request: auth::LoginRequest) -> Result<auth::LoginResponse, Error> {
        self.unary(&LOGIN, &request).await
    }

    /// Ends the session of the token that the call came with. Ending it twice is harmless: whose session is over
    /// already, or who has none, is signed out. Not with an API key.
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

    /// Has a link mailed by which a forgotten password is replaced (ResetPassword). The answer is the same, in the same
    /// time, whether or not anybody has the address: it is looked for later. Nothing is mailed to an address that is not
    /// confirmed, nor where the account is blocked. How often it may be asked for an address, and from a network, is
    /// bounded: beyond that it is RATE_LIMITED, whoever has the address.
    ///
    /// `POST /v1/passwords:requestReset`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn request_password_reset(
        &self,
        request: auth::RequestPasswordResetRequest,
    ) -> Result<auth::RequestPasswordResetResponse, Error> {
        self.unary(&REQUEST_PASSWORD_RESET, &request).await
    }

    /// Replaces a forgotten password, by the token that was mailed. All sessions end; API keys go on unless asked
    /// otherwise. A token is good once, for 30 minutes, and until another one was mailed or the password or the address
    /// was changed.
    ///
    /// `POST /v1/passwords:reset`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn reset_password(
        &self,
        request: auth::ResetPasswordRequest,
    ) -> Result<auth::ResetPasswordResponse, Error> {
        self.unary(&RESET_PASSWORD, &request).await
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

    /// Makes the secret of a second factor for who calls and knows their password. It is shown this once; codes are asked
    /// for when one has confirmed it. A repeat makes another secret in its place. Not with an API key.
    ///
    /// `POST /v1/me/second-factor`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn enrol_second_factor(
        &self,
        request: auth::EnrolSecondFactorRequest,
    ) -> Result<auth::EnrolSecondFactorResponse, Error> {
        self.unary(&ENROL_SECOND_FACTOR, &request).await
    }

    /// Confirms the secret by a code of it: from now on signing in takes a code. Answers with recovery codes, each of
    /// which does once in the place of a code, for who has lost the device. They are shown this once. Sessions and API
    /// keys go on. Not with an API key.
    ///
    /// `POST /v1/me/second-factor:confirm`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn confirm_second_factor(
        &self,
        request: auth::ConfirmSecondFactorRequest,
    ) -> Result<auth::ConfirmSecondFactorResponse, Error> {
        self.unary(&CONFIRM_SECOND_FACTOR, &request).await
    }

    /// Switches the second factor of who calls off, for who knows the password and has a code. Not with an API key.
    ///
    /// `POST /v1/me/second-factor:remove`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn remove_second_factor(
        &self,
        request: auth::RemoveSecondFactorRequest,
    ) -> Result<auth::RemoveSecondFactorResponse, Error> {
        self.unary(&REMOVE_SECOND_FACTOR, &request).await
    }

    /// How the second factor of who calls stands.
    ///
    /// `GET /v1/me/second-factor`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn get_second_factor(&self, request: auth::GetSecondFactorRequest) -> Result<auth::SecondFactor, Error> {
        self.unary(&GET_SECOND_FACTOR, &request).await
    }

    /// Takes the second factor from somebody who has lost the device, and ends all their sessions. Their API keys go on.
    /// Harmless where they have none. Not with an API key.
    ///
    /// `DELETE /v1/users/{user_id}/second-factor`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn take_second_factor(
        &self,
        request: auth::TakeSecondFactorRequest,
    ) -> Result<auth::TakeSecondFactorResponse, Error> {
        self.unary(&TAKE_SECOND_FACTOR, &request).await
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

    /// Streams everything that this service stores about the user who calls, record by record: what it knows of the
    /// account, sessions and API keys, also those that are over, the second factor, from how many places the account
    /// lately signed in, a reset of the password that is under way, and the entries of the audit record that are by or
    /// about the user. Digests of tokens, keys and recovery codes, and what is sealed, are left out. Each record is as
    /// it was when it was read.
    ///
    /// `GET /v1/me/data/access`
    ///
    /// # Errors
    /// If the server refuses or stays away.
    pub async fn export_my_access(
        &self,
        request: auth::ExportMyAccessRequest,
    ) -> Result<crate::Answers<auth::AccessRecord>, Error> {
        self.stream(&EXPORT_MY_ACCESS, &request).await
    }
}
