//! The RPCs of mails that others ask for.

use labelmesh_errors::{Error, Result, parse_field};
use labelmesh_proto::{
    notify::v1::{MailKind, SendMailRequest, SendMailResponse, mail_service_server::MailService},
    time,
};
use labelmesh_server::caller;
use tonic::{Request, Response, Status};

use crate::{
    app::{self, App, Asked},
    domain,
};

/// The service as tonic calls it.
pub(crate) struct Mails(pub(crate) App);

#[tonic::async_trait]
impl MailService for Mails {
    async fn send_mail(&self, request: Request<SendMailRequest>) -> Result<Response<SendMailResponse>, Status> {
        let reach = caller(&request)?.reach;
        let asked = asked(request.into_inner(), &self.0.public_url)?;
        app::take_mail(&self.0, reach, &asked).await?;
        Ok(Response::new(SendMailResponse {}))
    }
}

fn asked(request: SendMailRequest, public_url: &str) -> Result<Asked> {
    let expires_at = time(request.expires_at).ok_or_else(|| Error::invalid("expires_at", "must be a time"))?;
    let token = &request.token;
    let letter = match request.kind() {
        MailKind::ConfirmEmail => domain::confirm_email(token, expires_at, public_url),
        MailKind::ConfirmNewEmail => domain::confirm_new_email(token, expires_at, public_url),
        MailKind::EmailChanging => domain::email_changing(public_url),
        MailKind::PasswordReset => domain::password_reset(token, expires_at, public_url),
        MailKind::Unspecified => return Err(Error::invalid("kind", "must be given")),
    };
    Ok(Asked {
        mail_id: parse_field("mail_id", &request.mail_id)?,
        user_id: parse_field("user_id", &request.user_id)?,
        email: request.email,
        letter,
        expires_at,
    })
}
