//! Ways of holding what one can get.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use anyhow::{Context as _, Result};
use labelmesh_sdk::{
    Client, Role,
    tasks::{CreateTaskRequest, Policy},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::{Instant, interval, sleep_until, timeout_at},
};

use crate::system::person;

const MIB: usize = 1 << 20;

/// A way of holding what one can get.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Siege {
    /// Connections that say nothing, from many networks.
    IdleConnections(usize),
    /// Bodies of strangers that never end.
    HalfBodies(usize),
    /// Uploads of one user that stop after 4 MiB.
    StalledUploads(usize),
    /// Uploads of one user of 20 MiB, all at once.
    LargeUploads(usize),
    /// Answers to one user that are never read.
    UnreadAnswers(usize),
    /// Wrong passwords from one network, so many a second.
    LoginStorm(u32),
}

pub(crate) const ALL: &[Siege] = &[
    Siege::IdleConnections(5_000),
    Siege::HalfBodies(1_000),
    Siege::StalledUploads(200),
    Siege::LargeUploads(50),
    Siege::UnreadAnswers(200),
    Siege::LoginStorm(200),
];

/// What is besieged, and by whom.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    gateway: SocketAddr,
    token: String,
    task: String,
}

impl Target {
    /// Signs the besieger up, and in.
    pub(crate) async fn prepare(gateway: &str) -> Result<Self> {
        let client = person(&Client::new(gateway)?, "besieger", Role::Client).await?;
        let task = CreateTaskRequest {
            title: "Siege".to_owned(),
            // An answer with them is larger than what a connection takes in passing.
            labels: (0..1_000).map(|number| format!("{number:0>60}")).collect(),
            policy: Some(Policy { redundancy: 1, ..Policy::default() }),
            ..CreateTaskRequest::default()
        };
        let task = client.create_task(task).await?.task_id;
        let address = gateway.trim_start_matches("http://").parse().context("a gateway on this machine")?;
        Ok(Self { gateway: address, token: client.token().context("a token")?.to_owned(), task })
    }

    async fn connect(&self, network: usize) -> Result<TcpStream> {
        let [.., high, low] = (network as u32).to_be_bytes();
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::new(127, 6 + high, low, 1), 0).into())?;
        Ok(socket.connect(self.gateway).await?)
    }

    fn upload(&self, bytes: usize) -> String {
        let kind = "content-type: image/png\r\n";
        let line = format!("POST /v1/tasks/{}/images?name=a.png HTTP/1.1\r\nhost: x\r\n", self.task);
        format!("{line}authorization: Bearer {}\r\n{kind}content-length: {bytes}\r\n\r\n", self.token)
    }
}

impl Siege {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::IdleConnections(_) => "5,000 idle connections",
            Self::HalfBodies(_) => "1,000 half-sent bodies",
            Self::StalledUploads(_) => "200 stalled uploads of 19 MiB",
            Self::LargeUploads(_) => "50 uploads of 20 MiB at once",
            Self::UnreadAnswers(_) => "200 answers that are not read",
            Self::LoginStorm(_) => "200 wrong passwords a second",
        }
    }

    /// Holds out for so long, and says what it got.
    pub(crate) async fn lay(self, target: &Target, time: Duration) -> Result<String> {
        let end = Instant::now() + time;
        let answers = match self {
            Self::IdleConnections(count) => all(count, |number| idle(target.clone(), number / 50, end)).await?,
            Self::HalfBodies(count) => all(count, |_| half_body(target.clone(), end)).await?,
            Self::StalledUploads(count) => {
                // Until the gateway has lost its patience.
                let patient = end + Duration::from_secs(25);
                all(count, |_| upload(target.clone(), 19 * MIB, 4 * MIB, patient)).await?
            }
            Self::LargeUploads(count) => {
                let patient = end + Duration::from_secs(60);
                all(count, |_| upload(target.clone(), 20 * MIB - 1, 20 * MIB - 1, patient)).await?
            }
            Self::UnreadAnswers(count) => all(count, |_| unread(target.clone(), end)).await?,
            Self::LoginStorm(per_second) => storm(target, per_second, end).await?,
        };
        let told: Vec<_> = answers.iter().map(|(answer, count)| format!("{count} x {answer}")).collect();
        Ok(told.join(", "))
    }
}

/// Does something so many times at once, and counts how each ended.
async fn all<F>(count: usize, one: impl Fn(usize) -> F) -> Result<BTreeMap<String, usize>>
where
    F: Future<Output = Result<String>> + Send + 'static,
{
    let mut under_way = JoinSet::new();
    for number in 0..count {
        under_way.spawn(one(number));
    }
    let mut answers = BTreeMap::new();
    for answer in under_way.join_all().await {
        *answers.entry(answer.unwrap_or_else(|_| "closed".to_owned())).or_default() += 1;
    }
    Ok(answers)
}

/// The status of an answer, as far as one comes.
async fn status(connection: &mut TcpStream, end: Instant) -> String {
    let mut first = [0; 12];
    match timeout_at(end, connection.read_exact(&mut first)).await {
        Ok(Ok(_)) => String::from_utf8_lossy(&first[9..]).into_owned(),
        Ok(Err(_)) => "closed".to_owned(),
        Err(_) => "held".to_owned(),
    }
}

async fn idle(target: Target, network: usize, end: Instant) -> Result<String> {
    let mut connection = target.connect(network).await?;
    Ok(status(&mut connection, end).await)
}

async fn half_body(target: Target, end: Instant) -> Result<String> {
    let mut connection = target.connect(0).await?;
    let head =
        "POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 65536\r\n\r\n";
    connection.write_all(&[head.as_bytes(), &[b' '; 65_535]].concat()).await?;
    Ok(status(&mut connection, end).await)
}

async fn upload(target: Target, announced: usize, sent: usize, end: Instant) -> Result<String> {
    let mut connection = target.connect(0).await?;
    connection.write_all(target.upload(announced).as_bytes()).await?;
    let (mut reading, mut writing) = connection.split();
    let piece = vec![7; 64 * 1024];
    let write = async {
        let mut left = sent;
        while left > 0 {
            let count = left.min(piece.len());
            writing.write_all(&piece[..count]).await?;
            left -= count;
        }
        std::future::pending::<std::io::Result<()>>().await
    };
    let mut first = [0; 12];
    tokio::select! {
        biased;
        read = timeout_at(end, reading.read_exact(&mut first)) => Ok(match read {
            Ok(Ok(_)) => String::from_utf8_lossy(&first[9..]).into_owned(),
            Ok(Err(_)) => "closed".to_owned(),
            Err(_) => "held".to_owned(),
        }),
        broken = write => broken.map(|()| "sent".to_owned()).map_err(Into::into),
    }
}

/// Asks for a large answer again and again, and reads nothing.
async fn unread(target: Target, end: Instant) -> Result<String> {
    let mut connection = target.connect(0).await?;
    let request =
        format!("GET /v1/tasks/{} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\n\r\n", target.task, target.token);
    for _ in 0..20 {
        connection.write_all(request.as_bytes()).await?;
    }
    sleep_until(end).await;
    Ok(status(&mut connection, end + Duration::from_secs(1)).await)
}

async fn storm(target: &Target, per_second: u32, end: Instant) -> Result<BTreeMap<String, usize>> {
    let (mut ticks, mut under_way) = (interval(Duration::from_secs(1) / per_second), JoinSet::new());
    while Instant::now() < end {
        ticks.tick().await;
        let target = target.clone();
        under_way.spawn(async move {
            let mut connection = target.connect(0).await?;
            let body = r#"{"email": "nobody@bench.example", "password": "wrong password"}"#;
            let head = "POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
            let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
            connection.write_all(request.as_bytes()).await?;
            Ok::<_, anyhow::Error>(status(&mut connection, end + Duration::from_secs(30)).await)
        });
    }
    let mut answers = BTreeMap::new();
    for answer in under_way.join_all().await {
        *answers.entry(answer.unwrap_or_else(|_| "closed".to_owned())).or_default() += 1;
    }
    Ok(answers)
}
