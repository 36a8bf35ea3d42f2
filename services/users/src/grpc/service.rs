//! The RPCs.

use futures::StreamExt as _;
use labelmesh_errors::{Error, parse_field};
use labelmesh_identity::{Principal, Reach};
use labelmesh_proto::users::v1::{
    AccountRecord, BlockUserRequest, ConfirmEmailRequest, ConfirmEmailResponse, CreateUserRequest, DeleteUserRequest,
    DeleteUserResponse, ExportMyAccountRequest, GetContactRequest, GetContactResponse, GetMeRequest, GetUserRequest,
    ListUsersRequest, ListUsersResponse, LookupCredentialRequest, LookupCredentialResponse, ReplaceUserRequest,
    ResendConfirmationRequest, ResendConfirmationResponse, SetPasswordRequest, SetPasswordResponse, UnblockUserRequest,
    UpdateUserRequest, User, user_service_server::UserService,
};
use labelmesh_seal::PageRequest;
use labelmesh_server::{act, caller};
use tonic::{Request, Response, Status, codegen::BoxStream};

use crate::{
    app::{self, App},
    domain::{Beginnings, Token},
};

/// The service as tonic calls it.
#[derive(Debug)]
pub(crate) struct Users(pub(crate) App);

#[tonic::async_trait]
impl UserService for Users {
    async fn create_user(&self, request: Request<CreateUserRequest>) -> Result<Response<User>, Status> {
        let caller = caller(&request)?;
        let new = request.into_inner().try_into()?;
        let user = app::create_user(&self.0, &caller.principal, caller.reach, caller.address, new).await?;
        Ok(Response::new(user.into()))
    }

    async fn get_user(&self, request: Request<GetUserRequest>) -> Result<Response<User>, Status> {
        let caller = caller(&request)?;
        let user = app::find_user(&self.0, caller.reach, parse_field("user_id", &request.get_ref().user_id)?).await?;
        Ok(Response::new(user.into()))
    }

    async fn get_me(&self, request: Request<GetMeRequest>) -> Result<Response<User>, Status> {
        let caller = caller(&request)?;
        let Principal::User(me) = &caller.principal else { return Err(Error::not_found("user").into()) };
        let user = app::find_user(&self.0, Reach::Own(me.user_id), me.user_id).await?;
        Ok(Response::new(user.into()))
    }

    async fn export_my_account(
        &self,
        request: Request<ExportMyAccountRequest>,
    ) -> Result<Response<BoxStream<AccountRecord>>, Status> {
        let caller = caller(&request)?;
        let Principal::User(me) = &caller.principal else { return Err(Error::not_found("user").into()) };
        let stored = app::export_account(&self.0, me.user_id);
        Ok(Response::new(stored.map(|datum| datum.map(AccountRecord::from).map_err(Status::from)).boxed()))
    }

    async fn list_users(&self, request: Request<ListUsersRequest>) -> Result<Response<ListUsersResponse>, Status> {
        let caller = caller(&request)?;
        let ListUsersRequest { page_size, page_token, email, name, surname } = request.into_inner();
        let filter = Beginnings { email, name, surname };
        let page = PageRequest { principal: &caller.principal, size: page_size, token: &page_token };
        let (users, next_page_token) = app::list_users(&self.0, caller.reach, &filter, &page).await?;
        Ok(Response::new(ListUsersResponse { users: users.into_iter().map(User::from).collect(), next_page_token }))
    }

    async fn update_user(&self, request: Request<UpdateUserRequest>) -> Result<Response<User>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let (id, etag) = (parse_field("user_id", &request.user_id)?, request.etag.clone());
        let user = app::update_user(&self.0, caller.reach, id, &etag, caller.address, &request.try_into()?).await?;
        Ok(Response::new(user.into()))
    }

    async fn replace_user(&self, request: Request<ReplaceUserRequest>) -> Result<Response<User>, Status> {
        let caller = caller(&request)?;
        let request = request.into_inner();
        let (id, etag) = (parse_field("user_id", &request.user_id)?, request.etag.clone());
        let user = app::update_user(&self.0, caller.reach, id, &etag, caller.address, &request.try_into()?).await?;
        Ok(Response::new(user.into()))
    }

    async fn confirm_email(
        &self,
        request: Request<ConfirmEmailRequest>,
    ) -> Result<Response<ConfirmEmailResponse>, Status> {
        let user = app::confirmations::confirm(&self.0, &Token::typed(&request.get_ref().token)).await?;
        act(&request).by(Principal::key_of(user));
        Ok(Response::new(ConfirmEmailResponse {}))
    }

    async fn resend_confirmation(
        &self,
        request: Request<ResendConfirmationRequest>,
    ) -> Result<Response<ResendConfirmationResponse>, Status> {
        let caller = caller(&request)?;
        let Principal::User(me) = &caller.principal else { return Err(Error::not_found("user").into()) };
        app::confirmations::resend(&self.0, me.user_id, caller.address).await?;
        Ok(Response::new(ResendConfirmationResponse {}))
    }

    async fn block_user(&self, request: Request<BlockUserRequest>) -> Result<Response<User>, Status> {
        let reach = caller(&request)?.reach;
        let BlockUserRequest { user_id, etag } = request.get_ref();
        let user = app::block_user(&self.0, reach, parse_field("user_id", user_id)?, etag, true).await?;
        Ok(Response::new(user.into()))
    }

    async fn unblock_user(&self, request: Request<UnblockUserRequest>) -> Result<Response<User>, Status> {
        let reach = caller(&request)?.reach;
        let UnblockUserRequest { user_id, etag } = request.get_ref();
        let user = app::block_user(&self.0, reach, parse_field("user_id", user_id)?, etag, false).await?;
        Ok(Response::new(user.into()))
    }

    async fn delete_user(&self, request: Request<DeleteUserRequest>) -> Result<Response<DeleteUserResponse>, Status> {
        let reach = caller(&request)?.reach;
        let DeleteUserRequest { user_id, etag } = request.get_ref();
        app::delete_user(&self.0, reach, parse_field("user_id", user_id)?, etag).await?;
        Ok(Response::new(DeleteUserResponse {}))
    }

    async fn lookup_credential(
        &self,
        request: Request<LookupCredentialRequest>,
    ) -> Result<Response<LookupCredentialResponse>, Status> {
        let caller = caller(&request)?;
        let found = app::look_up_credential(&self.0, caller.reach, &request.into_inner().try_into()?).await?;
        let answer = found.map_or_else(LookupCredentialResponse::default, |found| LookupCredentialResponse {
            user_id: found.user_id.to_string(),
            password_hash: found.hash.expose().to_owned(),
            roles: found.roles.to_wire(),
            blocked: found.blocked,
            version: found.version,
            password_version: found.password_version,
            unconfirmed: found.unconfirmed,
            email: found.email,
        });
        Ok(Response::new(answer))
    }

    async fn set_password(
        &self,
        request: Request<SetPasswordRequest>,
    ) -> Result<Response<SetPasswordResponse>, Status> {
        let reach = caller(&request)?.reach;
        app::set_password(&self.0, reach, &request.into_inner().try_into()?).await?;
        Ok(Response::new(SetPasswordResponse {}))
    }

    async fn get_contact(&self, request: Request<GetContactRequest>) -> Result<Response<GetContactResponse>, Status> {
        let caller = caller(&request)?;
        let user = app::find_user(&self.0, caller.reach, parse_field("user_id", &request.get_ref().user_id)?).await?;
        Ok(Response::new(GetContactResponse {
            email: user.profile.email.as_str().to_owned(),
            name: user.profile.name.as_str().to_owned(),
            unconfirmed: user.is_unconfirmed(),
        }))
    }
}
