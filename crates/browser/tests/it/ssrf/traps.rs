//! Servers that note whoever comes.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    net::IpAddr,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UdpSocket},
    sync::watch,
};

use super::ways::Way;

/// Where internal servers are. Not every machine has an address of IPv6.
const INSIDE: [&str; 3] = ["127.0.0.1", "127.255.255.254", "::1"];
/// How many bytes of what comes are read.
const READ: usize = 4096;

/// An internal server: nobody may so much as connect to it, by TCP or by UDP.
pub(crate) struct Inside {
    pub(crate) port: u16,
    seen: Seen,
}

/// What came.
type Seen = watch::Sender<Vec<String>>;

impl Inside {
    pub(crate) async fn start() -> Self {
        let seen = Seen::default();
        // The port that is free at one address may be taken at another.
        let port = loop {
            if let Ok(port) = listen_at_all(&seen).await {
                break port;
            }
        };
        Self { port, seen }
    }

    /// What came, each as the first bytes that it said.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.borrow().clone()
    }

    /// Waits until this came; for ever, if it does not.
    pub(crate) async fn saw(&self, what: &str) {
        let mut seen = self.seen.subscribe();
        seen.wait_for(|seen| seen.iter().any(|one| one == what)).await.expect("we keep a sender");
    }
}

async fn listen_at_all(seen: &Seen) -> io::Result<u16> {
    let mut port = 0;
    let mut bound = Vec::new();
    for address in INSIDE {
        let address: IpAddr = address.parse().expect("an address");
        let listener = match TcpListener::bind((address, port)).await {
            Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable && address.is_ipv6() => continue,
            listener => listener?,
        };
        port = listener.local_addr()?.port();
        bound.push((listener, UdpSocket::bind((address, port)).await?));
    }
    for (listener, datagrams) in bound {
        let (connected, sent) = (seen.clone(), seen.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                note(&connected, "a connection".to_owned());
                let mut said = [0; READ];
                let read = stream.read(&mut said).await.unwrap_or_default();
                note(&connected, String::from_utf8_lossy(&said[..read]).into_owned());
            }
        });
        tokio::spawn(async move {
            let mut said = [0; READ];
            while let Ok((read, _)) = datagrams.recv_from(&mut said).await {
                note(&sent, format!("a datagram: {}", String::from_utf8_lossy(&said[..read])));
            }
        });
    }
    Ok(port)
}

fn note(seen: &Seen, what: String) {
    seen.send_modify(|seen| seen.push(what));
}

/// Servers that may be reached, one for each way.
pub(crate) struct Outside {
    pub(crate) ports: BTreeMap<String, u16>,
    reached: watch::Sender<BTreeSet<String>>,
}

impl Outside {
    pub(crate) async fn start(ways: &[Way]) -> Self {
        let reached = watch::Sender::new(BTreeSet::new());
        let mut ports = BTreeMap::new();
        for way in ways {
            let listener = TcpListener::bind(("127.0.0.3", 0)).await.expect("a port");
            let port = listener.local_addr().expect("an address").port();
            assert!(ports.insert(way.name.clone(), port).is_none(), "{} is there twice", way.name);
            tokio::spawn(accept(listener, way.name.clone(), reached.clone()));
        }
        Self { ports, reached }
    }

    /// One alone, at this port.
    pub(crate) async fn at(port: u16, name: &str) -> Self {
        let reached = watch::Sender::new(BTreeSet::new());
        let listener = TcpListener::bind(("127.0.0.3", port)).await.expect("the port is free at that address");
        tokio::spawn(accept(listener, name.to_owned(), reached.clone()));
        Self { ports: BTreeMap::from([(name.to_owned(), port)]), reached }
    }

    /// Waits until the servers of all these ways were connected to; for ever, if one is not.
    pub(crate) async fn all_reached(&self, names: &BTreeSet<String>) {
        let mut reached = self.reached.subscribe();
        reached.wait_for(|reached| reached.is_superset(names)).await.expect("we keep a sender");
    }

    pub(crate) fn reached(&self) -> BTreeSet<String> {
        self.reached.borrow().clone()
    }
}

async fn accept(listener: TcpListener, name: String, reached: watch::Sender<BTreeSet<String>>) {
    while let Ok((stream, _)) = listener.accept().await {
        reached.send_if_modified(|reached| reached.insert(name.clone()));
        // Whoever breaks off has been here.
        tokio::spawn(async move { drop(answer(stream).await) });
    }
}

/// Says something short to whoever asks in whatever protocol.
async fn answer(mut stream: TcpStream) -> io::Result<()> {
    let mut said = [0; READ];
    if stream.read(&mut said).await? > 0 {
        let headers =
            "Content-Type: text/html\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 1\r\nConnection: close";
        stream.write_all(format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\nx").as_bytes()).await?;
    }
    Ok(())
}
