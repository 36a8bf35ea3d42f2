//! A server of a few lines, to see what becomes of calls that go wrong.

use std::io;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use labelmesh_sdk::Client;
use tokio::net::TcpListener;

/// A server that answers each call, by its path and body, with a text; where there is none the connection breaks.
pub(crate) async fn stub<F>(answer: impl Fn(String, Bytes) -> F + Clone + Send + 'static) -> Client
where
    F: Future<Output = Option<String>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = answer.clone();
            let service = service_fn(move |request: Request<Incoming>| {
                let answer = answer.clone();
                async move {
                    let path = request.uri().path().to_owned();
                    let body = request.into_body().collect().await.map_err(io::Error::other)?.to_bytes();
                    let text = answer(path, body).await.ok_or(io::ErrorKind::ConnectionAborted)?;
                    Ok::<_, io::Error>(Response::new(Full::<Bytes>::from(text)))
                }
            });
            tokio::spawn(async move {
                // Whoever is gone needs no answer.
                let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    Client::new(&format!("http://{address}")).expect("an address")
}
