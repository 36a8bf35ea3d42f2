//! What a job may use, and its end.

use std::time::Duration;

use labelmesh_outbound::{Limit, Limits};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy, sink},
    net::TcpStream,
};

use super::{Server, connect, get, lenient, say, tunnel};

/// What a stream still brings until its end, whichever way it ends.
async fn rest(mut stream: TcpStream) -> usize {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    bytes.len()
}

#[tokio::test]
async fn whatever_is_beyond_the_bytes_ends_everything() {
    let (endless, echo) = (Server::endless().await, Server::echo().await);
    let egress = lenient(Limits { bytes: 100_000, ..Limits::default() });
    let idle = tunnel(&egress, &format!("127.0.0.1:{}", echo.port())).await;
    let busy = tunnel(&egress, &format!("127.0.0.1:{}", endless.port())).await;
    let got = rest(busy).await;
    assert!(got > 0 && got <= 100_000, "{got}");
    assert_eq!(rest(idle).await, 0);
    assert_eq!(egress.usage().over, Some(Limit::Bytes));
    assert!(TcpStream::connect(egress.address()).await.is_err() || connect(&egress, "127.0.0.1:80").await == 0);
}

#[tokio::test]
async fn bytes_of_answers_are_counted_as_those_of_tunnels_are() {
    let server = Server::start(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
        loop {
            stream.write_all(&[b'x'; 4096]).await?;
        }
    })
    .await;
    let egress = lenient(Limits { bytes: 100_000, ..Limits::default() });
    let head = format!("GET http://127.0.0.1:{}/ HTTP/1.1\r\nHost: x\r\n\r\n", server.port());
    let got = say(&egress, &head).await.len();
    assert!(got > 0 && got <= 110_000, "{got}");
    assert_eq!(egress.usage().over, Some(Limit::Bytes));
}

#[tokio::test]
async fn requests_beyond_the_limit_are_refused() {
    let server = Server::mirror().await;
    let egress = lenient(Limits { requests: 3, ..Limits::default() });
    let url = format!("http://127.0.0.1:{}/", server.port());
    assert_eq!(get(&egress, "http://10.0.0.1/").await, 403, "one that is refused counts, too");
    assert_eq!((get(&egress, &url).await, get(&egress, &url).await), (200, 200));
    assert_eq!(egress.usage().over, None);
    assert_eq!((get(&egress, &url).await, connect(&egress, "127.0.0.1:80").await), (403, 403));
    let usage = egress.usage();
    assert_eq!((usage.requests, usage.over), (3, Some(Limit::Requests)));
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn hosts_beyond_the_limit_are_refused_and_those_before_are_not() {
    let server = Server::mirror().await;
    let egress = lenient(Limits { hosts: 2, ..Limits::default() });
    let url = |host| format!("http://{host}:{}/", server.port());
    assert_eq!((get(&egress, &url("one.test")).await, get(&egress, &url("two.test")).await), (200, 200));
    assert_eq!(egress.usage().over, None);
    assert_eq!(get(&egress, &url("three.test")).await, 403);
    assert_eq!((get(&egress, &url("ONE.test")).await, get(&egress, &url("two.test")).await), (200, 200));
    let usage = egress.usage();
    assert_eq!((usage.hosts, usage.over), (2, Some(Limit::Hosts)));
}

#[tokio::test]
async fn connections_beyond_those_at_once_wait_for_one_that_ends() {
    let server = Server::echo().await;
    let egress = lenient(Limits { connections: 2, ..Limits::default() });
    let place = format!("127.0.0.1:{}", server.port());
    let mut first = tunnel(&egress, &place).await;
    let _second = tunnel(&egress, &place).await;
    let mut third = Box::pin(tunnel(&egress, &place));
    // Others are served meanwhile.
    for _ in 0..100 {
        let echoed = async {
            first.write_all(b"?").await.expect("it goes through");
            first.read_u8().await.expect("it comes back")
        };
        tokio::select! {
            biased;
            _ = &mut third => panic!("it does not wait"),
            byte = echoed => assert_eq!(byte, b'?'),
        }
    }
    assert_eq!(server.connections(), 2);
    drop(first);
    third.await;
    assert_eq!((server.connections(), egress.usage().over), (3, None));
}

#[tokio::test]
async fn when_the_time_is_over_everything_ends() {
    let server = Server::echo().await;
    let egress = lenient(Limits { time: Duration::from_millis(200), ..Limits::default() });
    let tunnel = tunnel(&egress, &format!("127.0.0.1:{}", server.port())).await;
    assert_eq!(rest(tunnel).await, 0);
    assert_eq!(egress.usage().over, Some(Limit::Time));
}

#[tokio::test]
async fn dropping_it_ends_all_that_goes_through_it() {
    let (echo, endless) = (Server::echo().await, Server::endless().await);
    let egress = lenient(Limits { bytes: u64::MAX, ..Limits::default() });
    let idle = tunnel(&egress, &format!("127.0.0.1:{}", echo.port())).await;
    let busy = tunnel(&egress, &format!("127.0.0.1:{}", endless.port())).await;
    let silent = TcpStream::connect(egress.address()).await.expect("it listens");
    drop(egress);
    assert_eq!((rest(idle).await, rest(silent).await), (0, 0));
    rest(busy).await;
}

/// What a client does not read waits with the server and not with us, while another one reads a lot.
#[tokio::test]
async fn a_client_that_does_not_read_is_no_burden() {
    const READ: u64 = 64 << 20;
    // What the system's buffers on the way to both clients may hold.
    const HELD: u64 = 24 << 20;
    let server = Server::endless().await;
    let egress = lenient(Limits { bytes: 512 << 20, ..Limits::default() });
    let place = format!("127.0.0.1:{}", server.port());
    let (unread, read) = (tunnel(&egress, &place).await, tunnel(&egress, &place).await);
    copy(&mut read.take(READ), &mut sink()).await.expect("they come");
    let more = egress.usage().bytes - READ;
    assert!(more < HELD, "{more} bytes went through that nobody has read");
    drop(unread);
}
