//! The notify service, as users asks it.

use labelmesh_client::Peer;
use labelmesh_errors::{Error, Result};
use labelmesh_identity::ServiceSigner;
use labelmesh_proto::notify::v1::{SendMailRequest, mail_service_client::MailServiceClient};

/// Asks notify under users' own name.
#[derive(Debug, Clone)]
pub(crate) struct Mailer {
    peer: Peer,
    signer: ServiceSigner,
}

impl Mailer {
    pub(crate) fn new(peer: Peer, signer: ServiceSigner) -> Self {
        Self { peer, signer }
    }

    /// Hands a mail over, to be sent. The same again is harmless.
    ///
    /// # Errors
    /// UNAVAILABLE where notify can't take it at present; nothing of the mail is in the error.
    pub(crate) async fn send(&self, mail: SendMailRequest) -> Result<()> {
        let mut notify = MailServiceClient::new(self.peer.as_service(&self.signer));
        match notify.send_mail(mail).await {
            Ok(_) => Ok(()),
            Err(status) => Err(Error::unavailable(format!("notify: {:?}", status.code()))),
        }
    }
}
