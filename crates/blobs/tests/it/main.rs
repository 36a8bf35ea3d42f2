//! The bucket, against a real server.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use bytes::Bytes;
use labelmesh_blobs::{Blobs, Config, Put};
use labelmesh_errors::Reason;
use labelmesh_servers::{S3, http_client};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{TcpListener, TcpStream},
};

async fn server() -> S3 {
    match S3::from_env() {
        Some(given) => given.expect("the keys of the given server"),
        None => S3::start(None).await.expect("a server"),
    }
}

fn config(s3: &S3, name: &str) -> Config {
    Config {
        endpoint: s3.endpoint().to_owned(),
        insecure: false,
        public_endpoint: None,
        bucket: format!("blobs-{name}-{}", std::process::id()),
        region: s3.region().to_owned(),
        access_key: s3.access_key().to_owned(),
        secret_key: s3.secret_key().to_owned().into(),
        timeout_ms: 5_000,
    }
}

async fn bucket(s3: &S3, name: &str) -> Blobs {
    let blobs = Blobs::new(&config(s3, name)).expect("on this machine");
    blobs.ensure_bucket().await.expect("a bucket");
    blobs
}

#[tokio::test]
async fn what_was_put_is_read_back_with_its_type() {
    let s3 = server().await;
    let blobs = bucket(&s3, "read").await;
    let bytes = vec![7_u8; 3_000_000];
    assert_eq!(blobs.put_if_absent("images/a", bytes.clone().into(), "image/png").await.expect("a put"), Put::Written);
    let object = blobs.get("images/a").await.expect("an answer").expect("an object");
    assert_eq!((object.size, object.media_type.as_str()), (3_000_000, "image/png"));
    assert_eq!(object.bytes().await.expect("bytes"), bytes);
}

#[tokio::test]
async fn the_first_of_many_writers_wins() {
    let s3 = server().await;
    let blobs = bucket(&s3, "first").await;
    let writes = (0..16).map(|_| blobs.put_if_absent("images/b", "same".into(), "image/png"));
    let outcomes = futures::future::join_all(writes).await;
    let written = outcomes.into_iter().filter(|outcome| matches!(outcome, Ok(Put::Written))).count();
    assert_eq!(written, 1);
    assert_eq!(blobs.put_if_absent("images/b", "other".into(), "image/gif").await.expect("a put"), Put::Present);
    let object = blobs.get("images/b").await.expect("an answer").expect("an object");
    assert_eq!(object.bytes().await.expect("bytes"), "same");
}

/// A server that lets somebody else write the object first whenever one is sent to it, and hangs up on the sender.
async fn overtaking(server: SocketAddr, others: Blobs, key: &'static str, bytes: Bytes) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (others, bytes) = (others.clone(), bytes.clone());
            tokio::spawn(async move {
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = TcpStream::connect(server).await.expect("a server").into_split();
                let asked_until_a_put = async {
                    let mut request = vec![0; 8 * 1024];
                    while let Ok(length @ 1..) = from_client.read(&mut request).await {
                        if request.starts_with(b"PUT ") {
                            others.put_if_absent(key, bytes, "image/png").await.expect("a put");
                            break;
                        }
                        to_server.write_all(&request[..length]).await.expect("a request is passed on");
                    }
                };
                tokio::select! {
                    () = asked_until_a_put => {}
                    _ = copy(&mut from_server, &mut to_client) => {}
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn an_object_that_is_there_is_no_failure_though_the_server_hangs_up() {
    let s3 = server().await;
    let others = bucket(&s3, "large").await;
    let bytes = Bytes::from(vec![7_u8; 1_000_000]);
    let address = s3.endpoint().trim_start_matches("http://").parse().expect("an address");
    let endpoint = format!("http://{}", overtaking(address, others.clone(), "images/l", bytes.clone()).await);
    let ours = Blobs::new(&Config { endpoint, ..config(&s3, "large") }).expect("on this machine");
    assert_eq!(ours.put_if_absent("images/l", bytes.clone(), "image/png").await.expect("overtaken"), Put::Present);
    let object = others.get("images/l").await.expect("an answer").expect("an object");
    assert_eq!(object.bytes().await.expect("bytes"), bytes);
    assert_eq!(ours.put_if_absent("images/l", bytes, "image/png").await.expect("asked for"), Put::Present);
}

#[tokio::test]
async fn what_is_deleted_is_gone_and_can_be_written_again() {
    let s3 = server().await;
    let blobs = bucket(&s3, "deleted").await;
    blobs.put_if_absent("images/d", "old".into(), "image/png").await.expect("a put");
    for _ in 0..2 {
        blobs.delete("images/d").await.expect("deleted");
        assert!(blobs.get("images/d").await.expect("an answer").is_none());
    }
    assert_eq!(blobs.put_if_absent("images/d", "new".into(), "image/png").await.expect("a put"), Put::Written);
}

#[tokio::test]
async fn what_is_copied_has_the_type_and_bytes_of_its_source_and_is_copied_once() {
    let s3 = server().await;
    let blobs = bucket(&s3, "copied").await;
    blobs.put_if_absent("images/c", "bytes".into(), "image/png").await.expect("a put");
    for expected in [Put::Written, Put::Present] {
        assert_eq!(blobs.copy_if_absent("images/c", "sources/c").await.expect("a copy"), Some(expected));
    }
    blobs.delete("images/c").await.expect("deleted");
    let object = blobs.get("sources/c").await.expect("an answer").expect("an object");
    assert_eq!(object.media_type, "image/png");
    assert_eq!(object.bytes().await.expect("bytes"), "bytes");
    assert_eq!(blobs.copy_if_absent("images/c", "sources/d").await.expect("an answer"), None);
}

#[tokio::test]
async fn what_is_not_there_is_none() {
    let s3 = server().await;
    let blobs = bucket(&s3, "none").await;
    assert!(blobs.get("images/none").await.expect("an answer").is_none());
}

#[tokio::test]
async fn a_bucket_is_made_once() {
    let s3 = server().await;
    let blobs = Blobs::new(&config(&s3, "once")).expect("on this machine");
    assert!(!blobs.reachable().await.expect("an answer"));
    for made in futures::future::join_all((0..4).map(|_| blobs.ensure_bucket())).await {
        made.expect("a bucket");
    }
    assert!(blobs.reachable().await.expect("an answer"));
}

#[tokio::test]
async fn a_url_is_signed_for_the_public_address_only() {
    let s3 = server().await;
    let blobs = bucket(&s3, "signed").await;
    assert_eq!(blobs.presign_get("images/c", Duration::from_secs(60)).await.expect("no URL"), None);
    let public = Config { public_endpoint: Some(s3.endpoint().to_owned()), ..config(&s3, "signed") };
    let public = Blobs::new(&public).expect("on this machine");
    public.put_if_absent("images/c", "seen".into(), "image/png").await.expect("a put");
    let url = public.presign_get("images/c", Duration::from_secs(60)).await.expect("an answer").expect("a URL");
    let answer = http_client().get(&url).send().await.expect("an answer");
    assert_eq!(answer.text().await.expect("a body"), "seen");
    let forged = http_client().get(url.replace("images/c", "images/d")).send().await.expect("an answer");
    assert_eq!(forged.status(), 403);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable_and_wrong_keys_are_our_fault() {
    let s3 = server().await;
    let port = labelmesh_servers::free_port().expect("a port");
    let nobody = Config { endpoint: format!("http://127.0.0.1:{port}"), ..config(&s3, "gone") };
    let error = Blobs::new(&nobody).expect("on this machine").get("images/e").await.expect_err("nobody listens");
    assert_eq!(error.reason(), Reason::Unavailable);
    let stranger = Config { secret_key: "wrong".to_owned().into(), ..config(&s3, "gone") };
    let stranger = Blobs::new(&stranger).expect("on this machine");
    let error = stranger.put_if_absent("images/e", "x".into(), "image/png").await.expect_err("not signed");
    assert_eq!(error.reason(), Reason::Internal);
}
