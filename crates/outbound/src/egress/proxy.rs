//! Takes requests and passes on those that may be.

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Response, StatusCode, Uri, Version,
    header::{CONNECTION, HOST},
    uri::PathAndQuery,
};
use http_body_util::{Either, Empty};
use hyper::{
    body::Incoming,
    client::conn::http1::{Builder as Client, SendRequest},
    server::conn::http1::Builder as Server,
    service::service_fn,
    upgrade::{OnUpgrade, on},
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use url::Host;

use super::{
    counted::Counted,
    headers::strip,
    ledger::{Ledger, Limit},
    target::Target,
};
use crate::{Addresses, Fault, Lookup, resolver};

/// How many bytes of a message may wait in memory, on either side: its head has to fit in.
const BUFFER: usize = 64 << 10;
/// The most headers of a message.
const HEADERS: usize = 500;
/// How long to wait where no connection could be taken, as for want of descriptors.
const REST: Duration = Duration::from_millis(100);

type Body = Either<Incoming, Empty<Bytes>>;

/// A connection's place among those at once, shared by all that it has become.
type Place = Arc<OwnedSemaphorePermit>;

/// Why a request is not passed on.
enum Refusal {
    /// It is Chromium's own.
    Own,
    /// Too much was used.
    Over,
    /// The target may not be reached, or can't.
    Fault(Fault),
}

impl From<Limit> for Refusal {
    fn from(_: Limit) -> Self {
        Self::Over
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

pub(super) struct Proxy {
    pub(super) addresses: Addresses,
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) timeout: Duration,
    pub(super) ledger: Arc<Ledger>,
    pub(super) done: CancellationToken,
}

impl Proxy {
    /// Takes connections for ever. Those beyond so many at once wait in the kernel.
    pub(super) async fn accept(self: Arc<Self>, listener: TcpListener, at_once: usize) {
        let places = Arc::new(Semaphore::new(at_once.min(Semaphore::MAX_PERMITS)));
        while let Ok(place) = Arc::clone(&places).acquire_owned().await {
            match listener.accept().await {
                Ok((stream, _)) => self.spawn(Arc::clone(&self).serve(stream, Arc::new(place))),
                Err(_) => sleep(REST).await,
            }
        }
    }

    /// Runs something until everything ends.
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let done = self.done.clone();
        tokio::spawn(async move { done.run_until_cancelled(work).await });
    }

    async fn serve(self: Arc<Self>, stream: TcpStream, place: Place) {
        let answer = service_fn(move |request| {
            let (proxy, place) = (Arc::clone(&self), Arc::clone(&place));
            async move { Ok::<_, Infallible>(proxy.answer(request, place).await) }
        });
        let connection =
            Server::new().max_buf_size(BUFFER).max_headers(HEADERS).serve_connection(TokioIo::new(stream), answer);
        // It ends as its client wants; nobody is there to be told of an error.
        let _ = connection.with_upgrades().await;
    }

    async fn answer(&self, request: Request<Incoming>, place: Place) -> Response<Body> {
        let target = Target::of(request.method(), request.uri());
        let named = match &target {
            Ok(target) => target.host.to_string(),
            Err(_) => request.uri().authority().map(ToString::to_string).unwrap_or_default(),
        };
        let refusal = match self.pass_on(request, target, &named, place).await {
            Ok(answer) => return answer,
            Err(refusal) => refusal,
        };
        if let Refusal::Fault(fault) = refusal {
            self.ledger.refuse(&named, fault);
        }
        let status = match refusal {
            Refusal::Fault(Fault::NameUnknown | Fault::NoConnection | Fault::BrokenOff) => StatusCode::BAD_GATEWAY,
            Refusal::Fault(Fault::TooSlow) => StatusCode::GATEWAY_TIMEOUT,
            Refusal::Fault(_) | Refusal::Own | Refusal::Over => StatusCode::FORBIDDEN,
        };
        bare(status)
    }

    async fn pass_on(
        &self,
        request: Request<Incoming>,
        target: Result<Target, Fault>,
        named: &str,
        place: Place,
    ) -> Result<Response<Body>, Refusal> {
        if target.as_ref().is_ok_and(Target::is_chromiums_own) {
            return Err(Refusal::Own);
        }
        self.ledger.request()?;
        let target = target?;
        self.ledger.host(named)?;
        let connected = timeout(self.timeout, self.connect(&target)).await;
        let server = Counted::new(connected.unwrap_or(Err(Fault::TooSlow))?, Arc::clone(&self.ledger));
        if request.method() == Method::CONNECT {
            self.spawn(tunnel(on(request), server, place));
            return Ok(bare(StatusCode::OK));
        }
        Ok(self.forward(request, server).await?)
    }

    /// Connects to an address that was judged, of a name that was resolved once.
    async fn connect(&self, target: &Target) -> Result<TcpStream, Fault> {
        let found = match &target.host {
            Host::Domain(name) => self.lookup.lookup(name).await,
            Host::Ipv4(address) => Ok(vec![IpAddr::V4(*address)]),
            Host::Ipv6(address) => Ok(vec![IpAddr::V6(*address)]),
        };
        let found = resolver::judge(found, &self.addresses)?;
        let ours = found.iter().all(|address| self.addresses.allow(*address));
        if !ours && !matches!(target.port, 80 | 443) {
            return Err(Fault::PortRefused);
        }
        let places: Vec<SocketAddr> = found.into_iter().map(|address| (address, target.port).into()).collect();
        TcpStream::connect(&*places).await.map_err(|_| Fault::NoConnection)
    }

    /// Sends a request to its server, on a connection of its own.
    async fn forward(&self, mut request: Request<Incoming>, server: Counted) -> Result<Response<Body>, Fault> {
        prepare(&mut request)?;
        let mut client = Client::new();
        client.max_buf_size(BUFFER).max_headers(HEADERS);
        let (mut sender, connection): (SendRequest<Incoming>, _) =
            client.handshake(TokioIo::new(server)).await.map_err(|_| Fault::BrokenOff)?;
        self.spawn(async move { drop(connection.await) });
        let mut answer = sender.send_request(request).await.map_err(|_| Fault::BrokenOff)?;
        strip(answer.headers_mut());
        *answer.version_mut() = Version::HTTP_11;
        Ok(answer.map(Either::Left))
    }
}

/// Makes of a request to a proxy one to a server: with its path alone, its own host, and no wish to go on.
fn prepare(request: &mut Request<Incoming>) -> Result<(), Fault> {
    let authority = request.uri().authority().ok_or(Fault::UrlInvalid)?;
    let host = HeaderValue::from_str(authority.as_str()).map_err(|_| Fault::UrlInvalid)?;
    let path = request.uri().path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(path);
    *request.version_mut() = Version::HTTP_11;
    strip(request.headers_mut());
    request.headers_mut().insert(HOST, host);
    request.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    Ok(())
}

/// Passes bytes on until both sides have ended. No more of them than a buffer for each direction wait in memory.
async fn tunnel(client: OnUpgrade, mut server: Counted, place: Place) {
    if let Ok(client) = client.await {
        let _ = copy_bidirectional(&mut TokioIo::new(client), &mut server).await;
    }
    drop(place);
}

fn bare(status: StatusCode) -> Response<Body> {
    let mut answer = Response::new(Either::Right(Empty::new()));
    *answer.status_mut() = status;
    answer
}
