//! Callers who hold what they can get, and others beside them.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use bytes::Bytes;
use futures::{StreamExt as _, future::join_all, stream};
use gateway::Limits;
use http::Request;
use labelmesh_proto::{
    DESCRIPTORS,
    auth::v1::{LoginRequest, auth_service_client::AuthServiceClient},
    method::{METHODS, Method, Who, find},
    tasks::v1::{UploadImagesRequest, task_service_client::TaskServiceClient},
    r#type::v1::Part,
};
use labelmesh_testkit::until;
use labelmesh_transcode::Transcoder;
use reqwest::StatusCode;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    time::timeout,
};
use tonic::{Code, transport::Channel};

use crate::{
    gateway::TestGateway,
    services::{TASK, TOKEN},
};

/// What comes at all comes by then.
const SOON: Duration = Duration::from_secs(20);
/// One who attacks, and one who does not, in networks of their own.
const ATTACKER: Ipv4Addr = Ipv4Addr::new(127, 6, 6, 6);
const HONEST: Ipv4Addr = Ipv4Addr::new(127, 7, 7, 7);

async fn connect(gateway: &TestGateway, from: Ipv4Addr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from((from, 0))).expect("an address of ours");
    socket.connect(gateway.address()).await.expect("a connection")
}

/// Sends a head and what follows, and reads the answer as far as `until`.
async fn talk(gateway: &TestGateway, sent: &[u8], until: &str) -> String {
    let mut connection = connect(gateway, ATTACKER).await;
    connection.write_all(sent).await.expect("sent");
    read(&mut connection, until).await
}

async fn read(connection: &mut TcpStream, until: &str) -> String {
    let mut answer = Vec::new();
    let reading = async {
        while !String::from_utf8_lossy(&answer).contains(until) {
            let mut some = [0; 4096];
            let count = connection.read(&mut some).await.unwrap_or(0);
            if count == 0 {
                break;
            }
            answer.extend(&some[..count]);
        }
    };
    // What came is told, and whether it is enough is for the test to say.
    let _ = timeout(SOON, reading).await;
    String::from_utf8_lossy(&answer).into_owned()
}

/// Signs in from an address.
async fn signs_in(gateway: &TestGateway, from: Ipv4Addr) -> StatusCode {
    let body = r#"{"email": "a@b.example", "password": "x"}"#;
    let head = format!("POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", body.len());
    let mut connection = connect(gateway, from).await;
    connection.write_all((head + body).as_bytes()).await.expect("sent");
    let answer = read(&mut connection, "}").await;
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("a status: {answer}"))
}

fn anyone_may_call(method: &Method) -> bool {
    method.allow.iter().any(|grant| matches!(grant.who, Who::Anyone | Who::SignedOut))
}

#[tokio::test]
async fn who_has_not_signed_in_is_refused_by_the_headers_at_every_method() {
    let gateway = TestGateway::start().await;
    let transcoder = Transcoder::new(DESCRIPTORS).expect("the contract");
    let mut tried = 0;
    for route in transcoder.routes() {
        if anyone_may_call(find(route.path()).expect("in the table")) {
            continue;
        }
        let mut target = route.template().to_owned();
        while let (Some(open), Some(close)) = (target.find('{'), target.find('}')) {
            target.replace_range(open..=close, TASK);
        }
        let verb = route.http_method();
        // The body never comes.
        let head = format!("{verb} {target} HTTP/1.1\r\nhost: x\r\ncontent-length: 60000\r\n\r\n");
        let answer = talk(&gateway, head.as_bytes(), "NOT_SIGNED_IN").await;
        assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("NOT_SIGNED_IN"), "{verb} {target}: {answer}");
        tried += 1;
    }
    for method in METHODS.iter().filter(|method| method.routed && !anyone_may_call(method)) {
        for kind in ["application/grpc", "application/grpc-web+proto", "application/grpc-web-text"] {
            let head = format!(
                "POST {} HTTP/1.1\r\nhost: x\r\ncontent-type: {kind}\r\ncontent-length: 60000\r\n\r\n",
                method.path
            );
            let answer = talk(&gateway, head.as_bytes(), "grpc-status: 16").await;
            assert!(answer.contains("grpc-status: 16"), "{} as {kind}: {answer}", method.path);
        }
        tried += 1;
    }
    assert!(tried > 60, "{tried} methods and routes");
}

#[tokio::test]
async fn bodies_that_never_end_take_the_memory_of_one_network_only() {
    let gateway = TestGateway::start().await;
    let head =
        "POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 65536\r\n\r\n";
    let half = [head.as_bytes(), &[b' '; 65535]].concat();
    let mut connections = Vec::new();
    for _ in 0..1000 {
        let mut connection = connect(&gateway, ATTACKER).await;
        connection.write_all(head.as_bytes()).await.expect("sent");
        connections.push(connection);
    }
    // An eighth of 64 MiB, and eight times the size of each body that is let in.
    let let_in = (64 << 20) / 8 / (8 * 65536);
    let refused = join_all(connections.iter_mut().map(|connection| async {
        let _ = connection.write_all(&half[head.len()..]).await;
        let mut first = [0; 12];
        match timeout(Duration::from_secs(2), connection.read_exact(&mut first)).await {
            Ok(_) => &first == b"HTTP/1.1 429",
            Err(_) => false,
        }
    }));
    let refused = refused.await.into_iter().filter(|refused| *refused).count();
    assert_eq!(1000 - refused, let_in);
    assert_eq!(signs_in(&gateway, HONEST).await, StatusCode::OK);
}

/// Opens as many streams as one connection may have, each a call whose request never comes.
async fn streams(gateway: &TestGateway, path: &'static str, count: usize) -> Vec<h2::client::ResponseFuture> {
    let (mut sender, connection) = h2::client::handshake(connect(gateway, ATTACKER).await).await.expect("HTTP/2");
    tokio::spawn(connection);
    let mut answers = Vec::new();
    for _ in 0..count {
        sender = sender.ready().await.expect("room for a stream");
        let request = Request::post(format!("http://gateway{path}")).header("content-type", "application/grpc");
        let (answer, body) = sender.send_request(request.body(()).expect("a request"), false).expect("a stream");
        // What is dropped would be reset.
        std::mem::forget(body);
        answers.push(answer);
    }
    answers
}

#[tokio::test]
async fn four_thousand_streams_of_strangers_lock_nobody_out() {
    const STREAMS: usize = 128;
    let gateway = TestGateway::start().await;
    let mut held = Vec::new();
    for connection in 0..32 {
        let path = match connection % 4 {
            0 => "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            1 => "/grpc.health.v1.Health/Watch",
            2 => "/grpc.health.v1.Health/Check",
            _ => "/labelmesh.auth.v1.AuthService/Login",
        };
        held.push(streams(&gateway, path, STREAMS).await);
    }
    let ordinary = join_all((0..20).map(|caller| {
        let request = gateway.anonymous(reqwest::Method::GET, &format!("/v1/tasks/{TASK}"));
        async move { request.bearer_auth(format!("{TOKEN}{caller}")).send().await.expect("an answer").status() }
    }));
    assert_eq!(ordinary.await, [StatusCode::OK; 20]);
    for last in 1..=20 {
        assert_eq!(signs_in(&gateway, Ipv4Addr::new(127, 7, 7, last)).await, StatusCode::OK);
    }
    drop(held);
}

/// Asks so many times at one connection whose streams have no window, as who has this token. Each answer has come as
/// far as its status.
async fn shut(gateway: &TestGateway, target: &str, token: &str, count: usize) -> Vec<(u16, h2::RecvStream)> {
    let mut builder = h2::client::Builder::new();
    let connecting = builder.initial_window_size(0).handshake::<_, Bytes>(connect(gateway, ATTACKER).await);
    let (mut sender, connection) = connecting.await.expect("HTTP/2");
    tokio::spawn(connection);
    let mut answers = Vec::new();
    for _ in 0..count {
        sender = sender.ready().await.expect("room for a stream");
        let request = Request::get(format!("http://gateway{target}")).header("authorization", token);
        let (answer, _) = sender.send_request(request.body(()).expect("a request"), true).expect("a stream");
        let answer = timeout(SOON, answer).await.expect("in time").expect("an answer");
        answers.push((answer.status().as_u16(), answer.into_body()));
    }
    answers
}

/// They are all reset, and nothing of them came.
async fn reset(answers: Vec<(u16, h2::RecvStream)>) {
    for (_, mut body) in answers {
        let end = timeout(SOON, body.data()).await.expect("in time").expect("no end of the answer");
        assert_eq!(end.expect_err("no byte of it").reason(), Some(h2::Reason::CANCEL));
    }
}

#[tokio::test]
async fn who_reads_nothing_gives_places_and_memory_back() {
    let limits = Limits {
        requests_per_network: 256,
        answer_patience_ms: 3_000,
        answer_bytes_per_second: 1 << 20,
        ..Limits::default()
    };
    let gateway = TestGateway::start_within(limits).await;
    let attacker_asks = async || talk(&gateway, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", "\r\n\r\n").await;
    let mut held = shut(&gateway, "/", "", 128).await;
    held.extend(shut(&gateway, "/", "", 128).await);
    assert!(held.iter().all(|(status, _)| *status == 200));
    let refused = attacker_asks().await;
    assert!(refused.starts_with("HTTP/1.1 429"), "{refused}");
    assert_eq!(signs_in(&gateway, HONEST).await, StatusCode::OK);
    reset(held).await;
    until("places", async || attacker_asks().await.starts_with("HTTP/1.1 200").then_some(())).await;

    // Some answers of a user are all that has room in the user's memory.
    let (large, token) = ("/v1/tasks?page_size=5000", format!("Bearer {TOKEN}"));
    let held = shut(&gateway, large, &token, 16).await;
    let room = held.iter().filter(|(status, _)| *status == 200).count();
    assert!((1..16).contains(&room), "{room} of 16");
    assert!(held.iter().all(|(status, _)| [200, 429].contains(status)));
    reset(held).await;
    until("memory", async || {
        let answer = gateway.request(reqwest::Method::GET, large).send().await.expect("an answer");
        (answer.status() == StatusCode::OK).then_some(())
    })
    .await;
}

#[tokio::test]
async fn one_user_takes_no_more_than_a_share_of_the_places() {
    let gateway = TestGateway::start().await;
    let watch = |token: String| {
        let request = gateway.anonymous(reqwest::Method::GET, &format!("/v1/tasks/{}:watch", crate::services::QUIET));
        async move { request.bearer_auth(token).send().await.expect("an answer") }
    };
    let watching = join_all((0..64).map(|_| watch(TOKEN.to_owned()))).await;
    assert!(watching.iter().all(|answer| answer.status() == StatusCode::OK));
    let refused = watch(TOKEN.to_owned()).await;
    assert_eq!(
        (refused.status(), &refused.headers()["retry-after"]),
        (StatusCode::TOO_MANY_REQUESTS, &"1".parse().unwrap())
    );
    assert_eq!(watch(format!("{TOKEN}-another")).await.status(), StatusCode::OK);
}

/// A gateway that does not wait for long.
async fn impatient() -> TestGateway {
    TestGateway::start_within(Limits { body_patience_ms: 100, ..Limits::default() }).await
}

#[tokio::test]
async fn a_body_that_stalls_is_answered_over_rest() {
    let gateway = impatient().await;
    let upload = format!("POST /v1/tasks/{TASK}/images");
    let table = BTreeMap::from([
        ("POST /v1/sessions", ("application/json", "{")),
        (
            upload.as_str(),
            ("multipart/form-data; boundary=XX", "--XX\r\ncontent-disposition: form-data; filename=\"a\"\r\n\r\nx"),
        ),
    ]);
    for (line, (kind, beginning)) in table {
        let head = format!(
            "{line} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\ncontent-type: {kind}\r\ncontent-length: 60000\r\n\r\n{beginning}"
        );
        let answer = talk(&gateway, head.as_bytes(), "too slowly").await;
        assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("the body came too slowly"), "{line}: {answer}");
    }
}

#[tokio::test]
async fn a_request_that_stalls_is_answered_over_grpc() {
    let gateway = impatient().await;
    let answers = streams(&gateway, "/labelmesh.auth.v1.AuthService/Login", 1).await;
    for answer in answers {
        let answer = timeout(SOON, answer).await.expect("in time").expect("an answer");
        assert_eq!(answer.headers()["grpc-status"], "4");
    }
    let channel = Channel::from_shared(gateway.url("")).expect("a URI").connect().await.expect("a connection");
    let piece = UploadImagesRequest {
        task_id: TASK.to_owned(),
        part: Some(Part { name: "a".to_owned(), data: vec![1].into(), last: true, ..Part::default() }),
        ..Default::default()
    };
    let mut request = tonic::Request::new(stream::iter([piece]).chain(stream::pending()));
    request.metadata_mut().insert("authorization", format!("Bearer {TOKEN}").parse().expect("a header"));
    let mut results =
        TaskServiceClient::new(channel.clone()).upload_images(request).await.expect("a stream").into_inner();
    assert_eq!(results.message().await.expect("a result").expect("one").name, "a");
    let ended = timeout(SOON, results.message()).await.expect("in time").expect_err("an end");
    assert_eq!((ended.code(), ended.message()), (Code::DeadlineExceeded, "the body came too slowly"));
    // Others on the same connection don't suffer.
    let login = LoginRequest { email: "a@b.example".to_owned(), password: "x".to_owned(), ..Default::default() };
    AuthServiceClient::new(channel).login(login).await.expect("signed in");
}

#[tokio::test]
async fn uploads_of_one_user_take_turns_and_others_do_not_wait_for_them() {
    let gateway = TestGateway::start().await;
    let upload = |token: String, rest: tokio::sync::oneshot::Receiver<()>| {
        // Enough for one part of a file to be sent on.
        let head = format!("--XX\r\ncontent-disposition: form-data; filename=\"a\"\r\n\r\n{}", "x".repeat(40_000));
        let rest = stream::once(async move {
            let _ = rest.await;
            Bytes::from_static(b"\r\n--XX--\r\n")
        });
        let body = stream::iter([Bytes::from(head)]).chain(rest).map(Ok::<_, std::io::Error>);
        let request = gateway.anonymous(reqwest::Method::POST, &format!("/v1/tasks/{TASK}/images")).bearer_auth(token);
        let request = request.header("content-type", "multipart/form-data; boundary=XX");
        let request = request.body(reqwest::Body::wrap_stream(body));
        tokio::spawn(async move { request.send().await.expect("an answer").status() })
    };
    let mut stalled = Vec::new();
    for _ in 0..8 {
        let (end, rest) = tokio::sync::oneshot::channel();
        stalled.push((end, upload(TOKEN.to_owned(), rest)));
    }
    gateway.services().pieces(8).await;
    let finished = || tokio::sync::oneshot::channel().1;
    let ninth = upload(TOKEN.to_owned(), finished());
    let other = upload(format!("{TOKEN}-another"), finished());
    assert_eq!(timeout(SOON, other).await.expect("in time").expect("no panic"), StatusCode::OK);
    assert!(!ninth.is_finished());
    let (end, first) = stalled.swap_remove(0);
    end.send(()).expect("it waits");
    assert_eq!(first.await.expect("no panic"), StatusCode::OK);
    assert_eq!(timeout(SOON, ninth).await.expect("in time").expect("no panic"), StatusCode::OK);
}
