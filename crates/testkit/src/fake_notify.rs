//! Stands in for notify where a service under test has mails sent.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use http::Uri;
use labelmesh_identity::{Principal, Verifier};
use labelmesh_proto::notify::v1::{
    SendMailRequest, SendMailResponse,
    mail_service_server::{MailService, MailServiceServer},
};
use tonic::{Request, Response, Status, transport::Server};

use crate::{Identities, Serving};

/// A gRPC server that keeps what one service has mailed, each mail once. Stopped with the value.
#[derive(Debug)]
pub struct FakeNotify {
    serving: Serving,
    post: Arc<Post>,
}

#[derive(Debug)]
struct Post {
    mails: Mutex<Vec<SendMailRequest>>,
    away: AtomicBool,
    caller: String,
    verifier: Verifier,
}

impl FakeNotify {
    /// Takes mails from the service `caller` alone.
    ///
    /// # Panics
    /// If there is no free port.
    pub async fn start(identities: &Identities, caller: &str) -> Self {
        let verifier = identities.verifier("notify", &[caller]);
        let post = Post { mails: Mutex::default(), away: AtomicBool::new(false), caller: caller.to_owned(), verifier };
        let post = Arc::new(post);
        let service = MailServiceServer::new(Service(Arc::clone(&post)));
        Self { serving: Serving::start(Server::builder().add_service(service)).await, post }
    }

    /// Where it listens.
    #[must_use]
    pub fn uri(&self) -> Uri {
        self.serving.uri()
    }

    /// What was mailed so far, the oldest first.
    ///
    /// # Panics
    /// If a test has panicked meanwhile.
    #[must_use]
    pub fn mails(&self) -> Vec<SendMailRequest> {
        self.post.mails.lock().expect("no panic with the lock").clone()
    }

    /// From now on it is unavailable, or is there again.
    pub fn set_away(&self, away: bool) {
        self.post.away.store(away, Ordering::SeqCst);
    }
}

struct Service(Arc<Post>);

#[tonic::async_trait]
impl MailService for Service {
    async fn send_mail(&self, request: Request<SendMailRequest>) -> Result<Response<SendMailResponse>, Status> {
        let token = request.metadata().get("authorization").and_then(|value| value.to_str().ok());
        let token = token.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        match self.0.verifier.verify(token).await {
            Ok(Principal::Service(name)) if name == self.0.caller => {}
            other => return Err(Status::permission_denied(format!("{other:?}"))),
        }
        if self.0.away.load(Ordering::SeqCst) {
            return Err(Status::unavailable("away"));
        }
        let mail = request.into_inner();
        let mut mails = self.0.mails.lock().expect("no panic with the lock");
        if mails.iter().all(|known| known.mail_id != mail.mail_id) {
            mails.push(mail);
        }
        Ok(Response::new(SendMailResponse {}))
    }
}
