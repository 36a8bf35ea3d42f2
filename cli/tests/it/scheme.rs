//! An address with the wrong scheme.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

use rustls::{ServerConfig, ServerConnection, server::ResolvesServerCertUsingSni};

use crate::program::{Ran, labelmesh, run};

/// A server that does this with whoever comes; where it listens.
fn listen(serve: impl Fn(TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    thread::spawn(move || listener.incoming().flatten().for_each(serve));
    address
}

/// A server that expects HTTP, or answers whatever it hears as one that expects something else.
fn answering(answer: &'static str) -> String {
    listen(move |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = write!(stream, "HTTP/1.1 400 Bad Request\r\nContent-Length: {}\r\n\r\n{answer}", answer.len());
    })
}

/// A server that speaks TLS alone.
fn with_tls() -> String {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.expect("versions").with_no_client_auth();
    let config = Arc::new(builder.with_cert_resolver(Arc::new(ResolvesServerCertUsingSni::new())));
    listen(move |mut stream| {
        let mut connection = ServerConnection::new(config.clone()).expect("a configuration");
        let _ = connection.complete_io(&mut stream);
    })
}

fn whoami(server: &str) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    run(labelmesh(folder.path()).env("LABELMESH_TOKEN", "lm_x").args(["whoami", "--server", server]))
}

#[test]
fn a_server_without_tls_is_told_from_one_that_is_not_there() {
    let address = answering("");
    // Without a scheme an address means https.
    for server in [&format!("https://{address}"), &address] {
        let ran = whoami(server);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains("answers without TLS"), "{}", ran.err);
        assert!(ran.err.contains(&format!("try: --server http://{address}")), "{}", ran.err);
    }
}

#[test]
fn a_server_that_wants_tls_is_told_from_one_that_is_not_there() {
    for address in [with_tls(), answering("The plain HTTP request was sent to HTTPS port")] {
        let ran = whoami(&format!("http://{address}"));
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains("probably it wants TLS"), "{}", ran.err);
        assert!(ran.err.contains(&format!("try: --server https://{address}")), "{}", ran.err);
    }
}
