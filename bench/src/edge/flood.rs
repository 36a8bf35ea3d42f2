//! The calls of somebody who floods the system, each made as cheaply as it can be: whoever floods a system does it from
//! another machine, and what the flood takes here of the processors the system lacks.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, Result};
use bytes::Bytes;
use futures::future::try_join_all;
use http::{HeaderValue, Request, Uri, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpStream,
    time::{Instant, interval},
};

use super::PATH;

/// So many connections, on each of which one call follows the other.
const CONNECTIONS: usize = 64;

/// What came of a flood.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Flood {
    pub(super) calls: usize,
    /// Those that were answered well, and not refused.
    pub(super) answered: usize,
}

/// Makes so many calls a second of one method, at an even pace; later, all at once, where answers kept them waiting.
///
/// # Errors
/// If the gateway's address makes no sense.
pub(super) async fn flood(gateway: &str, token: &str, per_second: f64, lasts: Duration) -> Result<Flood> {
    let uri: Uri = gateway.parse().context("the gateway's address")?;
    let authority = uri.authority().context("the gateway's address has a host")?.to_string();
    let caller = Arc::new(Caller {
        host: HeaderValue::try_from(&authority)?,
        authorization: HeaderValue::try_from(format!("Bearer {token}"))?,
        authority,
    });
    let every = Duration::from_secs_f64(CONNECTIONS as f64 / per_second);
    let connections = (0..CONNECTIONS).map(|_| tokio::spawn(connection(caller.clone(), every, lasts)));
    let all = try_join_all(connections).await?;
    Ok(all.iter().fold(Flood::default(), |sum, one| Flood {
        calls: sum.calls + one.calls,
        answered: sum.answered + one.answered,
    }))
}

struct Caller {
    authority: String,
    host: HeaderValue,
    authorization: HeaderValue,
}

/// The calls on one connection, which is made anew where it breaks.
async fn connection(caller: Arc<Caller>, every: Duration, lasts: Duration) -> Flood {
    let (mut ticks, end) = (interval(every), Instant::now() + lasts);
    let (mut flood, mut open) = (Flood::default(), None);
    while Instant::now() < end {
        ticks.tick().await;
        flood.calls += 1;
        let sender = match open.take() {
            Some(sender) => Some(sender),
            None => caller.connect().await.ok(),
        };
        let Some(mut sender) = sender else { continue };
        if let Ok(good) = caller.call(&mut sender).await {
            flood.answered += usize::from(good);
            open = Some(sender);
        }
    }
    flood
}

impl Caller {
    async fn connect(&self) -> Result<SendRequest<Empty<Bytes>>> {
        let stream = TcpStream::connect(&self.authority).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // It ends with its sender.
        tokio::spawn(connection);
        Ok(sender)
    }

    /// Makes one call; whether it was answered well.
    async fn call(&self, sender: &mut SendRequest<Empty<Bytes>>) -> Result<bool> {
        sender.ready().await?;
        let mut request = Request::new(Empty::new());
        *request.uri_mut() = Uri::from_static(PATH);
        request.headers_mut().insert(header::HOST, self.host.clone());
        request.headers_mut().insert(header::AUTHORIZATION, self.authorization.clone());
        let response = sender.send_request(request).await?;
        let good = response.status().is_success();
        response.into_body().collect().await?;
        Ok(good)
    }
}
