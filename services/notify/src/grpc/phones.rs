//! The RPCs of numbers to which people are sent text messages.

use labelmesh_proto::{
    notify::v1::{
        ConfirmPhoneRequest, GetPhoneRequest, Phone as Message, RemovePhoneRequest, RemovePhoneResponse,
        SetPhoneRequest, phone_service_server::PhoneService,
    },
    timestamp,
};
use labelmesh_server::caller;
use tonic::{Request, Response, Status};

use crate::{
    app::{self, App},
    domain::{Phone, PhoneCode, PhoneNumber},
};

/// The service as tonic calls it.
pub(crate) struct Phones(pub(crate) App);

#[tonic::async_trait]
impl PhoneService for Phones {
    async fn get_phone(&self, request: Request<GetPhoneRequest>) -> Result<Response<Message>, Status> {
        let phone = app::phone(&self.0, caller(&request)?.reach).await?;
        Ok(Response::new(self.in_message(phone)))
    }

    async fn set_phone(&self, request: Request<SetPhoneRequest>) -> Result<Response<Message>, Status> {
        let caller = caller(&request)?;
        let number = PhoneNumber::parse(&request.get_ref().number)?;
        let phone = app::set_phone(&self.0, caller.reach, number, caller.address).await?;
        Ok(Response::new(self.in_message(phone)))
    }

    async fn confirm_phone(&self, request: Request<ConfirmPhoneRequest>) -> Result<Response<Message>, Status> {
        let code = PhoneCode::typed(&request.get_ref().code);
        let phone = app::confirm_phone(&self.0, caller(&request)?.reach, code).await?;
        Ok(Response::new(self.in_message(phone)))
    }

    async fn remove_phone(
        &self,
        request: Request<RemovePhoneRequest>,
    ) -> Result<Response<RemovePhoneResponse>, Status> {
        app::remove_phone(&self.0, caller(&request)?.reach).await?;
        Ok(Response::new(RemovePhoneResponse {}))
    }
}

impl Phones {
    fn in_message(&self, phone: Phone) -> Message {
        let (number, confirmed_at) = phone.confirmed.unzip();
        // A code that is good no longer confirms nothing.
        let pending = phone.pending.filter(|pending| pending.is_good(self.0.clock.now()));
        let expires_at = pending.as_ref().map(|pending| pending.expires_at);
        Message {
            offered: self.0.texts.is_some(),
            number: number.map(|number| number.as_str().to_owned()).unwrap_or_default(),
            confirmed_at: confirmed_at.map(timestamp),
            pending_number: pending.map(|pending| pending.number.as_str().to_owned()).unwrap_or_default(),
            code_expires_at: expires_at.map(timestamp),
        }
    }
}
