//! The users service, as auth asks it.

use labelmesh_client::Peer;
use labelmesh_errors::{Error, Result};
use labelmesh_identity::{Role, ServiceSigner};
use labelmesh_password::Hash;
use labelmesh_proto::users::v1::{LookupCredentialRequest, user_service_client::UserServiceClient};
use tonic::{Code, Status};

use crate::domain::Account;

/// Asks users under auth's own name.
#[derive(Debug, Clone)]
pub(crate) struct Users {
    peer: Peer,
    signer: ServiceSigner,
}

/// What is needed to check somebody's password.
#[derive(Debug)]
pub(crate) struct Credential {
    pub(crate) account: Account,
    pub(crate) hash: Hash,
}

impl Users {
    pub(crate) fn new(peer: Peer, signer: ServiceSigner) -> Self {
        Self { peer, signer }
    }

    /// The credential of whoever has this address.
    ///
    /// # Errors
    /// UNAVAILABLE where users can't answer in time; INTERNAL where it refuses or answers nonsense. No error can be
    /// taken for a wrong password.
    pub(crate) async fn credential(&self, email: &str) -> Result<Option<Credential>> {
        let mut users = UserServiceClient::new(self.peer.as_service(&self.signer));
        let request = LookupCredentialRequest { email: email.to_owned() };
        let answer = users.lookup_credential(request).await.map_err(failure)?.into_inner();
        if answer.user_id.is_empty() {
            return Ok(None);
        }
        let roles = answer.roles.into_iter().map(Role::try_from);
        let account = Account {
            user_id: answer.user_id.parse().map_err(Error::internal)?,
            // The release before does not say it.
            version: answer.version.max(1),
            roles: roles.collect::<Result<_, _>>().map_err(Error::internal)?,
            blocked: answer.blocked,
        };
        Ok(Some(Credential { account, hash: Hash::parse(answer.password_hash)? }))
    }
}

fn failure(status: Status) -> Error {
    match status.code() {
        Code::Unavailable | Code::DeadlineExceeded | Code::ResourceExhausted | Code::Cancelled | Code::Aborted => {
            Error::unavailable(status)
        }
        _ => Error::internal(status),
    }
}
