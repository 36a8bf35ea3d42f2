//! The proxy for browsers, by a client that says whatever it wants to.

mod forwarding;
mod guard;
mod limits;

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use labelmesh_outbound::{Config, Egress, Fault, Limits, Lookup};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use crate::support::Names;

/// One that may call these networks, too.
fn egress(names: &Arc<Names>, allow: &[&str], limits: Limits) -> Egress {
    let allow = allow.iter().map(|text| text.parse().expect("a network")).collect();
    let config = Config { allow, timeout: Duration::from_secs(5) };
    Egress::bind(&config, limits, Arc::clone(names) as Arc<dyn Lookup>).expect("a port")
}

/// One that may call this machine by IPv4, where every name leads to.
fn lenient(limits: Limits) -> Egress {
    egress(&Names::say(&[&["127.0.0.1"]]), &["127.0.0.0/8"], limits)
}

/// Says something on a connection of its own, and returns what comes back until its end.
async fn say(egress: &Egress, head: &str) -> String {
    let mut stream = TcpStream::connect(egress.address()).await.expect("it listens");
    stream.write_all(head.as_bytes()).await.expect("it takes it");
    let mut answer = Vec::new();
    // Reset, where we were not listened to until the end.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// The status of an answer; 0 if there is none.
fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

/// The status of the answer to GET.
async fn get(egress: &Egress, url: &str) -> u16 {
    status(&say(egress, &format!("GET {url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).await)
}

/// The status of the answer to a CONNECT that is not to be had.
async fn connect(egress: &Egress, authority: &str) -> u16 {
    status(&say(egress, &format!("CONNECT {authority} HTTP/1.1\r\nConnection: close\r\n\r\n")).await)
}

/// A tunnel.
async fn tunnel(egress: &Egress, authority: &str) -> TcpStream {
    let mut stream = TcpStream::connect(egress.address()).await.expect("it listens");
    let head = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.expect("it takes it");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.expect("the answer's head"));
    }
    assert_eq!(status(&String::from_utf8_lossy(&answer)), 200);
    stream
}

fn faults(egress: &Egress) -> Vec<(String, Fault)> {
    egress.usage().refused.into_iter().map(|refused| (refused.host, refused.fault)).collect()
}

/// A server on this machine that counts connections, and does with each what it is told to.
struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn start<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = io::Result<()>> + Send + 'static,
    {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream));
            }
        });
        Self { address, connections }
    }

    /// One that sends back what comes.
    async fn echo() -> Self {
        Self::start(|mut stream| async move {
            let (mut from, mut to) = stream.split();
            tokio::io::copy(&mut from, &mut to).await?;
            Ok(())
        })
        .await
    }

    /// One that answers with the request that it got, as text.
    async fn mirror() -> Self {
        Self::start(|mut stream| async move {
            let mut request = Vec::new();
            while !request.ends_with(if request.starts_with(b"POST") { b"END".as_slice() } else { b"\r\n\r\n" }) {
                request.push(stream.read_u8().await?);
            }
            let head =
                "HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nProxy-Authenticate: Basic\r\nX-Kept: 1\r\n";
            stream.write_all(format!("{head}Content-Length: {}\r\n\r\n", request.len()).as_bytes()).await?;
            stream.write_all(&request).await
        })
        .await
    }

    /// One that sends without end whatever the other side does.
    async fn endless() -> Self {
        Self::start(|mut stream| async move {
            loop {
                stream.write_all(&[b'x'; 4096]).await?;
            }
        })
        .await
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    fn port(&self) -> u16 {
        self.address.port()
    }
}
