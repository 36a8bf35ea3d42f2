//! Stands in for users: knows addresses, and can be away.

use std::{
    collections::HashMap,
    net::Ipv4Addr,
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
use labelmesh_testkit::Identities;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::{CancellationToken, DropGuard};
use tonic::{Request, Response, Status, transport::Server};

/// A server that answers `GetContact` to notify, and nothing else to nobody else.
pub(crate) struct FakeUsers {
    uri: Uri,
    book: Arc<Book>,
    _running: DropGuard,
}

struct Book {
    contacts: Mutex<HashMap<String, GetContactResponse>>,
    away: AtomicBool,
    verifier: Verifier,
}

impl FakeUsers {
    pub(crate) async fn start(identities: &Identities) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let verifier = identities.verifier("users", &["notify"]);
        let book = Arc::new(Book { contacts: Mutex::default(), away: AtomicBool::new(false), verifier });
        let stop = CancellationToken::new();
        let (service, stopped) = (UserServiceServer::new(Service(Arc::clone(&book))), stop.clone().cancelled_owned());
        tokio::spawn(async move {
            let server = Server::builder().add_service(service);
            server.serve_with_incoming_shutdown(TcpListenerStream::new(listener), stopped).await
        });
        let uri = format!("http://{address}").parse().expect("a URI");
        Self { uri, book, _running: stop.drop_guard() }
    }

    pub(crate) fn uri(&self) -> Uri {
        self.uri.clone()
    }

    pub(crate) fn add(&self, user_id: UserId, email: &str, name: &str) {
        let contact = GetContactResponse { email: email.to_owned(), name: name.to_owned() };
        self.book.contacts.lock().expect("no panic with the lock").insert(user_id.to_string(), contact);
    }

    pub(crate) fn set_away(&self, away: bool) {
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
