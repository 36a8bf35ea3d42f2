//! The servers that our manifests take for granted: PostgreSQL on the node, S3 and a mail server at public addresses.
//! The servers themselves speak plainly with this node alone; TLS ends before them.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use futures::future::try_join;
use labelmesh_servers::{Durability, Mail, Postgres, S3, Tools};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio::{
    io::{
        AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader, copy,
        copy_bidirectional, split,
    },
    net::{TcpListener, TcpStream},
    time::sleep,
};
use tokio_rustls::TlsAcceptor;

use super::ADDRESS;
use crate::layout::{Layout, write};

/// Addresses for documentation (RFC 5737): public ones that are nobody's.
pub(crate) const ADDRESSES: [&str; 2] = [BLOBS, SMTP];
const BLOBS: &str = "203.0.113.10";
const SMTP: &str = "203.0.113.11";
/// The hosts that `deploy/kubernetes/base/config` names.
pub(crate) const BLOBS_HOST: &str = "s3.eu-central-1.amazonaws.com";
pub(crate) const SMTP_HOST: &str = "smtp.example.com";
/// The port at which PostgreSQL is reached.
pub(crate) const POSTGRES: u16 = 5432;
/// The port at which it is reached as if it were far away: each of its answers comes late by [`FAR`].
pub(crate) const SLOW_POSTGRES: u16 = 5433;
const FAR: Duration = Duration::from_millis(250);
const BUCKET: &str = "labelmesh-images";
/// Where others read how the servers and the caught mails are reached.
pub(crate) const KNOWN: &str = "servers.json";

/// The servers. Dropping the value stops them.
pub(crate) struct World {
    _postgres: Postgres,
    _blobs: S3,
    _mail: Mail,
}

/// Starts the servers.
pub(super) async fn start(layout: &Layout) -> anyhow::Result<World> {
    // What is here goes with the cluster.
    let postgres = Postgres::start(&Tools::locate(), Some(layout.state("postgres")), Durability::None).await?;
    let folder = layout.state("blobs");
    fs::create_dir_all(folder.join("objects").join(BUCKET))?;
    let blobs = S3::start(Some(folder)).await?;
    let mail = Mail::start(Some(layout.state("mail"))).await?;
    let keys = blobs.keys();
    let known = serde_json::json!({
        "database": postgres.admin_url(),
        "key": format!("{}:{}", keys.access_key, keys.secret_key),
        "readingKey": format!("{}:{}", keys.read_only_access_key, keys.read_only_secret_key),
        "mail": format!("http://{}", mail.http_addr()),
    });
    write(&layout.state(KNOWN), known.to_string())?;
    let url = url::Url::parse(&postgres.admin_url())?;
    let plain = SocketAddr::from((Ipv4Addr::LOCALHOST, url.port().context("PostgreSQL has a port")?));
    let late = [(POSTGRES, Duration::ZERO), (SLOW_POSTGRES, FAR)];
    for (port, late) in late {
        let begin = Begin::Postgres { late };
        serve(&format!("{ADDRESS}:{port}"), plain, acceptor(layout, "postgres")?, begin).await?;
    }
    let plain = blobs.endpoint().trim_start_matches("http://").parse()?;
    serve(&format!("{BLOBS}:443"), plain, acceptor(layout, "blobs")?, Begin::Tls).await?;
    serve(&format!("{SMTP}:587"), mail.smtp_addr(), acceptor(layout, "smtp")?, Begin::StartTls).await?;
    Ok(World { _postgres: postgres, _blobs: blobs, _mail: mail })
}

/// How a connection begins.
#[derive(Debug, Clone, Copy)]
enum Begin {
    /// With TLS.
    Tls,
    /// In plain SMTP, which asks for TLS (RFC 3207).
    StartTls,
    /// With a request for TLS in PostgreSQL's protocol (SSLRequest, which has no other content). Answers come late.
    Postgres { late: Duration },
}

/// The request: its length, and a number that is no version.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

/// Takes connections, ends their TLS, and hands on what they say.
async fn serve(address: &str, plain: SocketAddr, acceptor: TlsAcceptor, begin: Begin) -> anyhow::Result<()> {
    let listener = TcpListener::bind(address).await.with_context(|| format!("can't listen on {address}"))?;
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { continue };
            let acceptor = acceptor.clone();
            // How a connection ends is its client's affair.
            tokio::spawn(async move { connection(stream, plain, &acceptor, begin).await });
        }
    });
    Ok(())
}

async fn connection(
    mut stream: TcpStream,
    plain: SocketAddr,
    acceptor: &TlsAcceptor,
    begin: Begin,
) -> std::io::Result<()> {
    let mut server = TcpStream::connect(plain).await?;
    match begin {
        Begin::Tls => {}
        Begin::StartTls if start_tls(&mut stream).await? => {
            // Our client has been greeted.
            BufReader::new(&mut server).read_line(&mut String::new()).await?;
        }
        Begin::Postgres { .. } if asks_for_tls(&mut stream).await? => stream.write_all(b"S").await?,
        // Whoever asks for no TLS is not served.
        Begin::StartTls | Begin::Postgres { .. } => return Ok(()),
    }
    let mut stream = acceptor.accept(stream).await?;
    match begin {
        Begin::Postgres { late } if !late.is_zero() => copy_late(stream, server, late).await,
        _ => copy_bidirectional(&mut stream, &mut server).await.map(|_| ()),
    }
}

/// Hands on what both say, and what the server says only after a while.
async fn copy_late(
    client: impl AsyncRead + AsyncWrite,
    server: impl AsyncRead + AsyncWrite,
    late: Duration,
) -> std::io::Result<()> {
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) = (split(client), split(server));
    let answers = async {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let length = from_server.read(&mut buffer).await?;
            if length == 0 {
                return to_client.shutdown().await;
            }
            sleep(late).await;
            to_client.write_all(&buffer[..length]).await?;
            to_client.flush().await?;
        }
    };
    let questions = async {
        copy(&mut from_client, &mut to_server).await?;
        to_server.shutdown().await
    };
    try_join(answers, questions).await.map(|_| ())
}

async fn asks_for_tls(stream: &mut TcpStream) -> std::io::Result<bool> {
    let mut request = [0; 8];
    stream.read_exact(&mut request).await?;
    Ok(request == SSL_REQUEST)
}

/// Speaks SMTP until the client asks for TLS; false if it does not.
async fn start_tls(stream: &mut TcpStream) -> std::io::Result<bool> {
    stream.write_all(b"220 labelmesh-cluster\r\n").await?;
    loop {
        let mut line = Vec::new();
        while !line.ends_with(b"\n") && line.len() < 512 {
            match stream.read_u8().await {
                Ok(byte) => line.push(byte),
                Err(_) => return Ok(false),
            }
        }
        let line = String::from_utf8_lossy(&line).to_ascii_uppercase();
        let answer: &[u8] = match line.split_whitespace().next() {
            Some("EHLO") => b"250-labelmesh-cluster\r\n250 STARTTLS\r\n",
            Some("STARTTLS") => b"220 go ahead\r\n",
            _ => b"530 STARTTLS first\r\n",
        };
        stream.write_all(answer).await?;
        if line.starts_with("STARTTLS") {
            return Ok(true);
        }
    }
}

fn acceptor(layout: &Layout, name: &str) -> anyhow::Result<TlsAcceptor> {
    let certificate = CertificateDer::from_pem_file(layout.state(&format!("servers/{name}.crt")))?;
    let key = PrivateKeyDer::from_pem_file(layout.state(&format!("servers/{name}.key")))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let config = builder.with_no_client_auth().with_single_cert(vec![certificate], key)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
