//! An endpoint for webhooks, and an owner of some.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use labelmesh_identity::Role;
use labelmesh_ids::UserId;
use labelmesh_proto::notify::v1::{
    CreateWebhookRequest, CreateWebhookResponse, ListDeliveriesRequest, WebhookDelivery,
    webhook_service_client::WebhookServiceClient,
};
use labelmesh_service::Handle;
use labelmesh_testkit::{until, with_token};
use tokio::{net::TcpListener, sync::Semaphore};
use tonic::{Request, Status, transport::Channel};

use crate::support::World;

/// What a path of the receiver does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Manner {
    /// Answers with a status.
    Answer(u16),
    /// Answers with 429 and asks for so many seconds.
    Busy(u32),
    /// Answers with a redirect to the metadata of a cloud.
    Away,
    /// Answers with 200 when it is let go.
    Hang,
}

/// A message as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

#[derive(Default)]
struct Book {
    manners: Mutex<HashMap<String, Manner>>,
    seen: Mutex<Vec<Seen>>,
}

/// An HTTP server on this machine that keeps what comes.
pub(crate) struct Receiver {
    address: SocketAddr,
    book: Arc<Book>,
    let_go: Arc<Semaphore>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let (book, let_go) = (Arc::new(Book::default()), Arc::new(Semaphore::new(0)));
        let app = Router::new().fallback(receive).with_state((Arc::clone(&book), Arc::clone(&let_go)));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, book, let_go }
    }

    /// The address of one of its paths, each of which is an endpoint of its own.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How a path behaves from now on; without being told it answers 200.
    pub(crate) fn behave(&self, path: &str, manner: Manner) {
        self.book.manners.lock().expect("no panic with the lock").insert(path.to_owned(), manner);
    }

    /// Lets everything go that hangs, now and later.
    pub(crate) fn let_go(&self) {
        self.let_go.add_permits(10_000);
    }

    /// What came to a path.
    pub(crate) fn seen(&self, path: &str) -> Vec<Seen> {
        let seen = self.book.seen.lock().expect("no panic with the lock");
        seen.iter().filter(|seen| seen.path == path).cloned().collect()
    }

    /// What came to a path once it is so much.
    pub(crate) async fn wait_for(&self, path: &str, count: usize) -> Vec<Seen> {
        until(&format!("{count} messages at {path}"), async || Some(self.seen(path)).filter(|seen| seen.len() >= count))
            .await
    }
}

async fn receive(
    State((book, let_go)): State<(Arc<Book>, Arc<Semaphore>)>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let path = uri.path().to_owned();
    let manner = book.manners.lock().expect("no panic with the lock").get(&path).copied();
    let seen = Seen { path, headers, body: String::from_utf8_lossy(&body).into_owned() };
    book.seen.lock().expect("no panic with the lock").push(seen);
    match manner.unwrap_or(Manner::Answer(200)) {
        Manner::Answer(status) => (StatusCode::from_u16(status).expect("a status"), "as told\n").into_response(),
        Manner::Busy(seconds) => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds.to_string())], "").into_response()
        }
        Manner::Away => {
            (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "http://169.254.169.254/latest/")], "").into_response()
        }
        Manner::Hang => {
            drop(let_go.acquire().await);
            StatusCode::OK.into_response()
        }
    }
}

/// Somebody who has webhooks.
pub(crate) struct Owner<'a> {
    world: &'a World,
    pub(crate) user_id: UserId,
    pub(crate) client: WebhookServiceClient<Channel>,
}

impl<'a> Owner<'a> {
    pub(crate) async fn of(world: &'a World, notify: &Handle, user_id: UserId) -> Self {
        let address = format!("http://{}", notify.grpc_addr());
        Self { world, user_id, client: WebhookServiceClient::connect(address).await.expect("a connection") }
    }

    /// A request of theirs.
    pub(crate) fn asks<T>(&self, message: T) -> Request<T> {
        with_token(message, &self.world.identities.user_token(self.user_id, &[Role::Client]))
    }

    /// Creates a webhook that is told of everything.
    pub(crate) async fn create(&self, url: &str) -> Result<CreateWebhookResponse, Status> {
        let request = CreateWebhookRequest { url: url.to_owned(), kinds: Vec::new() };
        self.client.clone().create_webhook(self.asks(request)).await.map(tonic::Response::into_inner)
    }

    /// The id of a new webhook.
    pub(crate) async fn webhook(&self, url: &str) -> String {
        self.create(url).await.expect("a webhook").webhook.expect("it is told").webhook_id
    }

    /// The deliveries of a webhook, the newest first.
    pub(crate) async fn deliveries(&self, webhook_id: &str) -> Vec<WebhookDelivery> {
        let request = ListDeliveriesRequest { webhook_id: webhook_id.to_owned(), ..Default::default() };
        let listed = self.client.clone().list_deliveries(self.asks(request)).await.expect("a list");
        listed.into_inner().deliveries
    }

    /// The first delivery of a webhook once it is so.
    pub(crate) async fn wait_for(
        &self,
        webhook_id: &str,
        what: &str,
        is_so: impl Fn(&WebhookDelivery) -> bool,
    ) -> WebhookDelivery {
        until(what, async || self.deliveries(webhook_id).await.into_iter().find(&is_so)).await
    }
}
