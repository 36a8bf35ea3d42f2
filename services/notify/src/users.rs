//! The users service, as notify asks it. Addresses are theirs: none is kept here.

use labelmesh_client::{Peer, PeerService};
use labelmesh_identity::ServiceSigner;
use labelmesh_ids::UserId;
use labelmesh_proto::users::v1::{GetContactRequest, user_service_client::UserServiceClient};
use tonic::Code;

use crate::domain::Contact;

/// Asks users under notify's own name. Clones share connections.
#[derive(Clone)]
pub(crate) struct Users(UserServiceClient<PeerService>);

/// What the users service says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lookup {
    Found(Contact),
    /// The user has not confirmed the address.
    Unconfirmed,
    /// There is no such user any more.
    Gone,
    /// Users can't answer at present, for this reason.
    Unavailable(String),
}

impl Users {
    pub(crate) fn new(users: &Peer, signer: &ServiceSigner) -> Self {
        Self(UserServiceClient::new(users.as_service(signer)))
    }

    /// Where a user can be reached.
    pub(crate) async fn contact(&self, user_id: UserId) -> Lookup {
        let request = GetContactRequest { user_id: user_id.to_string() };
        match self.0.clone().get_contact(request).await {
            Ok(answer) => {
                let answer = answer.into_inner();
                match answer.unconfirmed {
                    true => Lookup::Unconfirmed,
                    false => Lookup::Found(Contact { email: answer.email, name: answer.name }),
                }
            }
            Err(status) if status.code() == Code::NotFound => Lookup::Gone,
            // A refusal is a fault between the services, too, and says nothing about the user.
            Err(status) => Lookup::Unavailable(format!("users: {:?}: {}", status.code(), status.message())),
        }
    }
}
