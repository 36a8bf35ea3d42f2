//! Stands in for users where a service under test asks for addresses.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use http::Uri;
use labelmesh_identity::{Principal, Verifier};
use labelmesh_ids::UserId;
use labelmesh_proto::users::v1::{
    GetContactRequest, GetContactResponse,
    user_service_server::{UserService, UserServiceServer},
};
use tonic::{Request, Response, Status, transport::Server};

use crate::{Identities, Serving};

/// A gRPC server that answers `GetContact` to notify, and nothing else to nobody else. Stopped with the value.
#[derive(Debug)]
pub struct FakeUsers {
    serving: Serving,
    book: Arc<Book>,
}

#[derive(Debug)]
struct Book {
    contacts: Mutex<HashMap<String, GetContactResponse>>,
    away: AtomicBool,
    verifier: Verifier,
}

impl FakeUsers {
    /// Knows nobody yet.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn start(identities: &Identities) -> Self {
        let verifier = identities.verifier("users", &["notify"]);
        let book = Arc::new(Book { contacts: Mutex::default(), away: AtomicBool::new(false), verifier });
        let service = UserServiceServer::new(Service(Arc::clone(&book)));
        Self { serving: Serving::start(Server::builder().add_service(service)).await, book }
    }

    /// Where it listens.
    #[must_use]
    pub fn uri(&self) -> Uri {
        self.serving.uri()
    }

    /// From now on it knows this user.
    ///
    /// # Panics
    /// If a test has panicked meanwhile.
    pub fn add(&self, user_id: UserId, email: &str, name: &str) {
        let contact = GetContactResponse { email: email.to_owned(), name: name.to_owned(), unconfirmed: false };
        self.book.contacts.lock().expect("no panic with the lock").insert(user_id.to_string(), contact);
    }

    /// From now on the address of this user is one that they have yet to confirm.
    ///
    /// # Panics
    /// If a test has panicked meanwhile, or it does not know the user.
    pub fn unconfirm(&self, user_id: UserId) {
        let mut contacts = self.book.contacts.lock().expect("no panic with the lock");
        contacts.get_mut(&user_id.to_string()).expect("a user it knows").unconfirmed = true;
    }

    /// From now on it is unavailable, or is there again.
    pub fn set_away(&self, away: bool) {
        self.book.away.store(away, Ordering::SeqCst);
    }
}

struct Service(Arc<Book>);

#[tonic::async_trait]
impl UserService for Service {
    async fn get_contact(&self, request: Request<GetContactRequest>) -> Result<Response<GetContactResponse>, Status> {
        let token = request.metadata().get("authorization").and_then(|value| value.to_str().ok());
        let token = token.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        match self.0.verifier.verify(token).await {
            Ok(Principal::Service(name)) if name == "notify" => {}
            other => return Err(Status::permission_denied(format!("{other:?}"))),
        }
        if self.0.away.load(Ordering::SeqCst) {
            return Err(Status::unavailable("away"));
        }
        let contacts = self.0.contacts.lock().expect("no panic with the lock");
        let contact = contacts.get(&request.get_ref().user_id).cloned();
        contact.map(Response::new).ok_or_else(|| Status::not_found("no such user"))
    }
}
