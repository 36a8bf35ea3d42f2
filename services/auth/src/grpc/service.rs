//! The RPCs.

use futures::StreamExt as _;
use labelmesh_errors::{Error, Reason, parse_field};
use labelmesh_identity::{KeySet, Principal, Reach, User};
use labelmesh_ids::UserId;
use labelmesh_password::{Attempt, Password};
use labelmesh_proto::auth::v1::{
    AccessRecord, ChangePasswordRequest, ChangePasswordResponse, ConfirmSecondFactorRequest,
    ConfirmSecondFactorResponse, CreateApiKeyRequest, CreateApiKeyResponse, EndSessionRequest, EndSessionResponse,
    EndSessionsRequest, EndSessionsResponse, EnrolSecondFactorRequest, EnrolSecondFactorResponse,
    ExportMyAccessRequest, GetJwksRequest, GetSecondFactorRequest, IntrospectRequest, IntrospectResponse, Jwks,
    ListApiKeysRequest, ListApiKeysResponse, ListSessionsRequest, ListSessionsResponse, LoginRequest, LoginResponse,
    LogoutRequest, LogoutResponse, RemoveSecondFactorRequest, RemoveSecondFactorResponse, RequestPasswordResetRequest,
    RequestPasswordResetResponse, ResetPasswordRequest, ResetPasswordResponse, RevokeApiKeyRequest,
    RevokeApiKeyResponse, SecondFactor, TakeSecondFactorRequest, TakeSecondFactorResponse,
    auth_service_server::AuthService,
};
use labelmesh_seal::PageRequest;
use labelmesh_server::{Caller, act, caller};
use tonic::{Request, Response, Status, codegen::BoxStream};

use super::convert;
use crate::{
    app::{self, App, Login},
    domain::{RecoveryCode, Token, TypedCode},
};

/// The service as tonic calls it.
#[derive(Debug)]
pub(crate) struct Auth(pub(crate) App);

#[tonic::async_trait]
impl AuthService for Auth {
    async fn login(&self, request: Request<LoginRequest>) -> Result<Response<LoginResponse>, Status> {
        let (caller, act) = (caller(&request)?, act(&request));
        let LoginRequest { email, password, code } = request.into_inner();
        let login = Login {
            email,
            password: Attempt::new(password),
            code: TypedCode::read(&code),
            address: caller.address,
            user_agent: caller.user_agent,
        };
        let begun = app::login(&self.0, login).await?;
        act.by(Principal::key_of(begun.session.user_id));
        Ok(Response::new(begun.into()))
    }

    async fn logout(&self, request: Request<LogoutRequest>) -> Result<Response<LogoutResponse>, Status> {
        let caller = caller(&request)?;
        // Whoever is not signed in, or no longer, has nothing to end.
        let Some(me) = caller.principal.user() else { return Ok(Response::new(LogoutResponse {})) };
        if let Some(session) = me.session_id {
            match app::end_session(&self.0, Reach::Own(me.user_id), session).await {
                // It is over for so long that it was forgotten.
                Err(error) if error.reason() == Reason::NotFound => {}
                ended => ended?,
            }
        }
        Ok(Response::new(LogoutResponse {}))
    }

    async fn list_sessions(
        &self,
        request: Request<ListSessionsRequest>,
    ) -> Result<Response<ListSessionsResponse>, Status> {
        let caller = caller(&request)?;
        let ListSessionsRequest { page_size, page_token, user_id } = request.get_ref();
        let whose = whose(&caller, user_id)?;
        let page = PageRequest { principal: &caller.principal, size: *page_size, token: page_token };
        let (sessions, next_page_token) = app::list_sessions(&self.0, caller.reach, whose, &page).await?;
        let through = user(&caller)?.session_id;
        let sessions = sessions.iter().map(|session| convert::session(session, self.0.idle, through)).collect();
        Ok(Response::new(ListSessionsResponse { sessions, next_page_token }))
    }

    async fn end_session(&self, request: Request<EndSessionRequest>) -> Result<Response<EndSessionResponse>, Status> {
        let caller = caller(&request)?;
        let session = parse_field("session_id", &request.get_ref().session_id)?;
        app::end_session(&self.0, caller.reach, session).await?;
        Ok(Response::new(EndSessionResponse {}))
    }

    async fn end_sessions(
        &self,
        request: Request<EndSessionsRequest>,
    ) -> Result<Response<EndSessionsResponse>, Status> {
        let caller = caller(&request)?;
        let EndSessionsRequest { user_id, keep_current } = request.get_ref();
        let whose = whose(&caller, user_id)?;
        let kept = user(&caller)?.session_id.filter(|_| *keep_current);
        let ended = app::end_sessions(&self.0, caller.reach, whose, kept).await?;
        Ok(Response::new(EndSessionsResponse { ended }))
    }

    async fn change_password(
        &self,
        request: Request<ChangePasswordRequest>,
    ) -> Result<Response<ChangePasswordResponse>, Status> {
        let caller = caller(&request)?;
        let ChangePasswordRequest { old_password, new_password, revoke_api_keys } = request.into_inner();
        let new = Password::choose_as("new_password", new_password)?;
        let old = Attempt::new(old_password);
        let changed = app::change_password(&self.0, user(&caller)?, old, new, revoke_api_keys).await?;
        Ok(Response::new(ChangePasswordResponse { ended: changed.ended, revoked: changed.revoked }))
    }

    async fn request_password_reset(
        &self,
        request: Request<RequestPasswordResetRequest>,
    ) -> Result<Response<RequestPasswordResetResponse>, Status> {
        let address = caller(&request)?.address;
        app::request_reset(&self.0, &request.get_ref().email, address).await?;
        Ok(Response::new(RequestPasswordResetResponse {}))
    }

    async fn reset_password(
        &self,
        request: Request<ResetPasswordRequest>,
    ) -> Result<Response<ResetPasswordResponse>, Status> {
        let act = act(&request);
        let ResetPasswordRequest { token, new_password, revoke_api_keys } = request.into_inner();
        let new = Password::choose_as("new_password", new_password)?;
        let (user, changed) = app::reset_password(&self.0, &Token::typed(&token), new, revoke_api_keys).await?;
        act.by(Principal::key_of(user));
        Ok(Response::new(ResetPasswordResponse { ended: changed.ended, revoked: changed.revoked }))
    }

    async fn create_api_key(
        &self,
        request: Request<CreateApiKeyRequest>,
    ) -> Result<Response<CreateApiKeyResponse>, Status> {
        let caller = caller(&request)?;
        let (key, secret) = app::create_api_key(&self.0, user(&caller)?, request.into_inner().try_into()?).await?;
        Ok(Response::new(CreateApiKeyResponse { api_key: Some(key.into()), secret: secret.reveal() }))
    }

    async fn list_api_keys(
        &self,
        request: Request<ListApiKeysRequest>,
    ) -> Result<Response<ListApiKeysResponse>, Status> {
        let caller = caller(&request)?;
        let ListApiKeysRequest { page_size, page_token, user_id } = request.get_ref();
        let whose = whose(&caller, user_id)?;
        let page = PageRequest { principal: &caller.principal, size: *page_size, token: page_token };
        let (keys, next_page_token) = app::list_api_keys(&self.0, caller.reach, whose, &page).await?;
        let api_keys = keys.into_iter().map(Into::into).collect();
        Ok(Response::new(ListApiKeysResponse { api_keys, next_page_token }))
    }

    async fn revoke_api_key(
        &self,
        request: Request<RevokeApiKeyRequest>,
    ) -> Result<Response<RevokeApiKeyResponse>, Status> {
        let caller = caller(&request)?;
        let key = parse_field("api_key_id", &request.get_ref().api_key_id)?;
        app::revoke_api_key(&self.0, caller.reach, key).await?;
        Ok(Response::new(RevokeApiKeyResponse {}))
    }

    async fn enrol_second_factor(
        &self,
        request: Request<EnrolSecondFactorRequest>,
    ) -> Result<Response<EnrolSecondFactorResponse>, Status> {
        let caller = caller(&request)?;
        let EnrolSecondFactorRequest { password, name } = request.into_inner();
        let (secret, uri) = app::enrol_second_factor(&self.0, user(&caller)?, Attempt::new(password), &name).await?;
        Ok(Response::new(EnrolSecondFactorResponse { secret: secret.reveal(), uri }))
    }

    async fn confirm_second_factor(
        &self,
        request: Request<ConfirmSecondFactorRequest>,
    ) -> Result<Response<ConfirmSecondFactorResponse>, Status> {
        let caller = caller(&request)?;
        let codes = app::confirm_second_factor(&self.0, user(&caller)?, &request.get_ref().code).await?;
        let recovery_codes = codes.iter().map(RecoveryCode::reveal).collect();
        Ok(Response::new(ConfirmSecondFactorResponse { recovery_codes }))
    }

    async fn remove_second_factor(
        &self,
        request: Request<RemoveSecondFactorRequest>,
    ) -> Result<Response<RemoveSecondFactorResponse>, Status> {
        let caller = caller(&request)?;
        let RemoveSecondFactorRequest { password, code } = request.into_inner();
        app::remove_second_factor(&self.0, user(&caller)?, Attempt::new(password), &code).await?;
        Ok(Response::new(RemoveSecondFactorResponse {}))
    }

    async fn get_second_factor(
        &self,
        request: Request<GetSecondFactorRequest>,
    ) -> Result<Response<SecondFactor>, Status> {
        let caller = caller(&request)?;
        Ok(Response::new(app::second_factor(&self.0, user(&caller)?.user_id).await?.into()))
    }

    async fn take_second_factor(
        &self,
        request: Request<TakeSecondFactorRequest>,
    ) -> Result<Response<TakeSecondFactorResponse>, Status> {
        let caller = caller(&request)?;
        let whose = parse_field("user_id", &request.get_ref().user_id)?;
        app::take_second_factor(&self.0, caller.reach.everything()?, whose).await?;
        Ok(Response::new(TakeSecondFactorResponse {}))
    }

    async fn export_my_access(
        &self,
        request: Request<ExportMyAccessRequest>,
    ) -> Result<Response<BoxStream<AccessRecord>>, Status> {
        let stored = app::export_access(&self.0, user(&caller(&request)?)?.user_id);
        Ok(Response::new(stored.map(|datum| datum.map(AccessRecord::from).map_err(Status::from)).boxed()))
    }

    async fn get_jwks(&self, _request: Request<GetJwksRequest>) -> Result<Response<Jwks>, Status> {
        let keys = self.0.keys.published().await?;
        Ok(Response::new(KeySet::to_jwks(&keys)))
    }

    async fn introspect(&self, request: Request<IntrospectRequest>) -> Result<Response<IntrospectResponse>, Status> {
        let caller = caller(&request)?;
        let IntrospectRequest { token, by_service } = request.get_ref();
        let found = app::introspect(&self.0, caller.reach, token, *by_service).await?;
        Ok(Response::new(found.map(IntrospectResponse::from).unwrap_or_default()))
    }
}

/// The user who calls.
fn user(caller: &Caller) -> Result<&User, Error> {
    match &caller.principal {
        Principal::User(user) => Ok(user),
        Principal::Anonymous | Principal::Service(_) => Err(Error::not_found("user")),
    }
}

/// The user whom a request names, or who calls.
fn whose(caller: &Caller, user_id: &str) -> Result<UserId, Error> {
    if user_id.is_empty() { Ok(user(caller)?.user_id) } else { parse_field("user_id", user_id) }
}
