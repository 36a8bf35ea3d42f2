//! What it passes on, and how.

use std::sync::Arc;

use labelmesh_outbound::{Config, Egress, Fault, Limits, Lookup};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{Server, egress, faults, get, lenient, say, status, tunnel};
use crate::support::Names;

#[tokio::test]
async fn a_tunnel_carries_bytes_both_ways_until_both_sides_have_ended() {
    let server = Server::echo().await;
    let egress = lenient(Limits::default());
    let mut tunnel = tunnel(&egress, &format!("page.test:{}", server.port())).await;
    for said in ["first", "second"] {
        tunnel.write_all(said.as_bytes()).await.expect("it takes it");
        let mut heard = vec![0; said.len()];
        tunnel.read_exact(&mut heard).await.expect("it comes back");
        assert_eq!(heard, said.as_bytes());
    }
    tunnel.write_all(b"the last").await.expect("it takes it");
    tunnel.shutdown().await.expect("we say no more");
    let mut rest = String::new();
    tunnel.read_to_string(&mut rest).await.expect("the server's end");
    assert_eq!(rest, "the last");
    let usage = egress.usage();
    assert_eq!((usage.bytes, usage.requests, usage.hosts), (2 * 19, 1, 1));
    assert_eq!((usage.refused.len(), usage.over), (0, None));
}

#[tokio::test]
async fn a_request_reaches_its_server_with_its_own_host_and_nothing_that_is_for_us() {
    let server = Server::mirror().await;
    let place = format!("page.test:{}", server.port());
    let head = [
        &format!("POST http://{place}/a%20b?c=d HTTP/1.1"),
        "Host: another.test",
        "Accept: text/html",
        "Proxy-Authorization: Basic eA==",
        "Proxy-Connection: keep-alive",
        "Connection: close, X-Hop",
        "X-Hop: 1",
        "Upgrade: websocket",
        "TE: trailers",
        "Content-Length: 3",
    ]
    .join("\r\n");
    let answer = say(&lenient(Limits::default()), &format!("{head}\r\n\r\nEND")).await;
    let (head, got) = answer.split_once("\r\n\r\n").expect("a head and a body");
    assert_eq!(status(head), 200);
    let mut lines: Vec<&str> = got.lines().filter(|line| !line.is_empty()).collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "END",
            "POST /a%20b?c=d HTTP/1.1",
            "accept: text/html",
            "connection: close",
            "content-length: 3",
            &format!("host: {place}"),
        ]
    );
    let head = head.to_ascii_lowercase();
    assert!(head.contains("x-kept: 1") && !head.contains("x-hop") && !head.contains("proxy-"), "{head}");
}

#[tokio::test]
async fn one_connection_may_ask_for_one_host_after_another() {
    let server = Server::mirror().await;
    let egress = lenient(Limits::default());
    let first = format!("GET http://one.test:{0}/ HTTP/1.1\r\nHost: one.test:{0}\r\n\r\n", server.port());
    let second = format!("GET http://two.test:{0}/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", server.port());
    let answers = say(&egress, &(first + &second)).await;
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
    assert!(answers.contains("host: one.test") && answers.contains("host: two.test"), "{answers}");
    assert_eq!((server.connections(), egress.usage().hosts), (2, 2));
}

#[tokio::test]
async fn a_request_without_an_answer_says_so_and_is_told() {
    let names = Names::say(&[&[]]);
    let unknown = egress(&names, &[], Limits::default());
    assert_eq!(get(&unknown, "http://nobody.test/").await, 502);
    assert_eq!(faults(&unknown), [("nobody.test".to_owned(), Fault::NameUnknown)]);

    let silent = Server::start(|stream| async move {
        drop(stream);
        Ok(())
    })
    .await;
    let egress = lenient(Limits::default());
    assert_eq!(get(&egress, &format!("http://127.0.0.1:{}/", silent.port())).await, 502);
    assert_eq!(get(&egress, "http://127.0.0.3:1/").await, 502);
    assert_eq!(
        faults(&egress),
        [("127.0.0.1".to_owned(), Fault::BrokenOff), ("127.0.0.3".to_owned(), Fault::NoConnection)]
    );
}

#[tokio::test]
async fn refusals_are_told_once_each_and_no_more_than_a_few() {
    let egress = egress(&Names::say(&[&["10.0.0.1"]]), &[], Limits::default());
    for _ in 0..2 {
        assert_eq!(get(&egress, "http://page.test/").await, 403);
    }
    assert_eq!(faults(&egress), [("page.test".to_owned(), Fault::AddressRefused)]);
    for number in 0..40 {
        get(&egress, &format!("http://page{number}.test/")).await;
    }
    assert_eq!(faults(&egress).len(), 16);
}

#[test]
fn without_a_runtime_there_is_none() {
    let names = Names::say(&[&["127.0.0.1"]]);
    let lookup = Arc::clone(&names) as Arc<dyn Lookup>;
    assert!(Egress::bind(&Config::default(), Limits::default(), lookup).is_err());
}
