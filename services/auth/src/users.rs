//! The users service, as auth asks it.

use labelmesh_client::Peer;
use labelmesh_errors::{Error, Reason, Result, reason_of};
use labelmesh_identity::{Role, ServiceSigner};
use labelmesh_ids::{SessionId, UserId};
use labelmesh_password::Hash;
use labelmesh_proto::users::v1::{LookupCredentialRequest, SetPasswordRequest, user_service_client::UserServiceClient};
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
    /// The user's present address.
    pub(crate) email: String,
    /// Counts the passwords of the user.
    pub(crate) password_version: u64,
}

/// Whose credential is asked for.
#[derive(Debug)]
pub(crate) enum Whose<'a> {
    /// That of who has this address.
    Email(&'a str),
    /// That of this user.
    User(UserId),
}

impl Users {
    pub(crate) fn new(peer: Peer, signer: ServiceSigner) -> Self {
        Self { peer, signer }
    }

    /// The credential of somebody.
    ///
    /// # Errors
    /// UNAVAILABLE where users can't answer in time; INTERNAL where it refuses or answers nonsense. No error can be
    /// taken for a wrong password.
    pub(crate) async fn credential(&self, whose: &Whose<'_>) -> Result<Option<Credential>> {
        let mut users = UserServiceClient::new(self.peer.as_service(&self.signer));
        let request = match whose {
            Whose::Email(email) => LookupCredentialRequest { email: (*email).to_owned(), ..Default::default() },
            Whose::User(user) => LookupCredentialRequest { user_id: user.to_string(), ..Default::default() },
        };
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
            unconfirmed: answer.unconfirmed,
        };
        let (hash, password_version) = (Hash::parse(answer.password_hash)?, answer.password_version);
        Ok(Some(Credential { account, hash, email: answer.email, password_version }))
    }

    /// Sets a password in the place of the one with this version. The session `kept` goes on.
    ///
    /// # Errors
    /// CONFLICT where the user has another password meanwhile; else as [`Users::credential`].
    pub(crate) async fn set_password(
        &self,
        user: UserId,
        kept: Option<SessionId>,
        hash: &Hash,
        replaces: u64,
    ) -> Result<()> {
        let mut users = UserServiceClient::new(self.peer.as_service(&self.signer));
        let request = SetPasswordRequest {
            user_id: user.to_string(),
            password_hash: hash.expose().to_owned(),
            password_version: replaces,
            kept_session_id: kept.map(|session| session.to_string()).unwrap_or_default(),
        };
        match users.set_password(request).await {
            Ok(_) => Ok(()),
            Err(status) if reason_of(&status) == Some(Reason::Conflict) => {
                Err(Error::new(Reason::Conflict, "the password is being changed by another call"))
            }
            Err(status) => Err(failure(status)),
        }
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
