//! Servers that are reached over a proxy, and trusted because a company's own authority says so.

use std::{
    io::{Read, Write, copy},
    net::{Shutdown, TcpListener, TcpStream},
    path::Path,
    sync::{Arc, Mutex},
    thread,
};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned, pki_types::PrivateKeyDer};

use crate::program::{Ran, labelmesh, run};

const HOST: &str = "labels.example";

/// A server that does this with whoever comes; where it listens.
fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = serve.clone();
            thread::spawn(move || serve(stream));
        }
    });
    address
}

/// What comes before a message's body.
fn head(stream: &mut impl Read) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// Answers every call as one of Ann's who asks who she is.
fn answer(stream: &mut (impl Read + Write)) {
    let body = r#"{"userId":"u","email":"ann@example.com","roles":["ROLE_CLIENT"]}"#;
    let length = body.len();
    head(stream);
    let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    let _ = stream.flush();
}

/// A server for `labels.example` with a certificate by an authority of its own, and the authority's certificate.
fn with_tls() -> (String, String) {
    let authority = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let trusted = params.self_signed(&authority).expect("a certificate").pem();
    let issuer = Issuer::new(params, authority);
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec![HOST.to_owned()]).expect("a name");
    let certificate = params.signed_by(&key, &issuer).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let config = builder.expect("versions").with_no_client_auth();
    let config = Arc::new(config.with_single_cert(vec![certificate.der().clone()], key).expect("a pair"));
    let address = listen(move |stream| {
        let connection = ServerConnection::new(config.clone()).expect("a configuration");
        let mut stream = StreamOwned::new(connection, stream);
        answer(&mut stream);
        stream.conn.send_close_notify();
        let _ = stream.flush();
    });
    (address, trusted)
}

/// A proxy that takes every tunnel to the same address; what it was asked for.
fn proxy(to: String) -> (String, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = asked.clone();
    let address = listen(move |mut client| {
        let head = head(&mut client);
        seen.lock().expect("nobody panics").push(head.lines().next().unwrap_or_default().to_owned());
        let mut server = TcpStream::connect(&to).expect("the server");
        if head.starts_with("CONNECT ") {
            let _ = write!(client, "HTTP/1.1 200 OK\r\n\r\n");
        } else {
            let _ = write!(server, "{head}");
        }
        let (mut from, mut into) = (client.try_clone().expect("a socket"), server.try_clone().expect("a socket"));
        thread::spawn(move || {
            let _ = copy(&mut from, &mut into);
            let _ = into.shutdown(Shutdown::Write);
        });
        let _ = copy(&mut server, &mut client);
        let _ = client.shutdown(Shutdown::Both);
    });
    (format!("http://{address}"), asked)
}

fn whoami(server: &str, trusted: &Path, environment: &[(&str, &str)]) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = labelmesh(folder.path());
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command.env("LABELMESH_TOKEN", "lm_x").env("SSL_CERT_FILE", trusted).envs(environment.iter().copied());
    run(command.args(["whoami", "--server", server]))
}

#[test]
fn https_goes_over_the_proxy_to_a_server_that_a_private_authority_vouches_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let (server, trusted) = with_tls();
    let (proxy, asked) = proxy(server);
    let (ours, others) = (folder.path().join("ours.pem"), folder.path().join("others.pem"));
    std::fs::write(&ours, trusted).expect("written");
    std::fs::write(&others, with_tls().1).expect("written");
    let url = format!("https://{HOST}");

    let ran = whoami(&url, &ours, &[("HTTPS_PROXY", &proxy)]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("ann@example.com"), "{}", ran.out);
    assert_eq!(
        asked.lock().expect("nobody panics").drain(..).collect::<Vec<_>>(),
        ["CONNECT labels.example:443 HTTP/1.1"]
    );

    let ran = whoami(&url, &others, &[("HTTPS_PROXY", &proxy)]);
    assert_eq!(ran.code, 8, "another authority does not vouch for it: {}", ran.err);
    assert!(ran.err.contains("certificate"), "{}", ran.err);
    asked.lock().expect("nobody panics").clear();

    // The name means nothing outside of this test.
    let ran = whoami(&url, &ours, &[("HTTPS_PROXY", &proxy), ("NO_PROXY", "labels.example")]);
    assert_eq!(ran.code, 8, "{}", ran.err);
    assert!(asked.lock().expect("nobody panics").is_empty(), "the proxy was asked for what it is not for");
}

#[test]
fn plain_http_goes_over_the_proxy_unless_the_server_is_on_this_machine() {
    let nobody = Path::new("/dev/null");
    let server = listen(|mut stream| answer(&mut stream));
    let (proxy, asked) = proxy(server.clone());
    let ran = whoami(&format!("http://{HOST}"), nobody, &[("HTTP_PROXY", &proxy)]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(asked.lock().expect("nobody panics").drain(..).count(), 1);
    let ran = whoami(&format!("http://{server}"), nobody, &[("HTTP_PROXY", &proxy)]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(asked.lock().expect("nobody panics").is_empty(), "a proxy does not reach this machine");
}
