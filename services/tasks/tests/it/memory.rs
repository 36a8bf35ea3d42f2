//! The memory of a real process while files do their worst.

use std::process::Stdio;

use futures::future::join_all;
use labelmesh_clock::Clock;
use labelmesh_errors::Reason;
use labelmesh_identity::Role;
use labelmesh_proto::{
    tasks::v1::{ExportFormat, UploadImagesRequest, UploadOutcome},
    r#type::v1::Part,
};
use labelmesh_seal::SealKey;
use labelmesh_testkit::{FakeAuth, Identities, Publisher, TestBroker, TestBucket, TestDatabase};
use secrecy::ExposeSecret as _;
use sqlx::AssertSqlSafe;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::{
    harness::{Client, File, draft, rows, until_ready},
    pictures::{bomb, flat_png},
};

const MIB: usize = 1024 * 1024;

/// The service as a child process.
struct Process {
    child: Child,
    client: Client,
    _publisher: Publisher,
    database: TestDatabase,
    _around: (FakeAuth, TestBroker, TestBucket),
}

impl Process {
    async fn start(settings: &[(&str, &str)]) -> Self {
        let clock = Clock::system();
        let identities = Identities::new(&clock);
        let auth = FakeAuth::start(&identities).await;
        let broker = TestBroker::create().await;
        let bucket = TestBucket::create().await;
        let database = TestDatabase::create("tasks", tasks::migrate).await;
        let publisher = Publisher::start(&broker, "subtasks", &clock).await;
        let events = broker.config("tasks");
        let (blobs, key) = (bucket.config(), SealKey::from([7; 32]).reveal());
        let mut child = Command::new(env!("CARGO_BIN_EXE_tasks"))
            .env("TASKS__BASICS__LISTEN", "127.0.0.1:0")
            .env("TASKS__BASICS__ADMIN_LISTEN", "127.0.0.1:0")
            .env("TASKS__BASICS__IDENTITY__AUTH__ENDPOINTS", auth.uri().to_string())
            .env("TASKS__DATABASE__URL", database.url())
            .env("TASKS__BASICS__IDENTITY__KEY", identities.service_key("tasks").reveal())
            .env("TASKS__BASICS__IDENTITY__SERVICES__SUBTASKS", identities.service_key("subtasks").public().to_string())
            .env("TASKS__BASICS__IDENTITY__SERVICES__USERS", identities.service_key("users").public().to_string())
            .env("TASKS__EVENTS__URL", broker.url())
            .env("TASKS__EVENTS__PREFIX", events.prefix)
            .env("TASKS__EVENTS__INSECURE", events.insecure.to_string())
            .envs(events.credentials.map(|seed| ("TASKS__EVENTS__CREDENTIALS", seed.expose_secret().to_owned())))
            .env("TASKS__BLOBS__ENDPOINT", blobs.endpoint)
            .env("TASKS__BLOBS__BUCKET", blobs.bucket)
            .env("TASKS__BLOBS__ACCESS_KEY", blobs.access_key)
            .env("TASKS__BLOBS__SECRET_KEY", blobs.secret_key.expose_secret())
            .env("TASKS__PAGE_KEY", key)
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the binary runs");
        let address = address(&mut child).await;
        until_ready(&address).await;
        let user_id = identities.new_user();
        let token = identities.user_token(user_id, &[Role::Client]);
        let client = Client::new(&address, user_id, Some(token));
        Self { child, client, database, _publisher: publisher, _around: (auth, broker, bucket) }
    }

    /// The most memory that the process ever had, in MiB.
    fn peak_mib(&self) -> usize {
        let status = format!("/proc/{}/status", self.child.id().expect("it runs"));
        let status = std::fs::read_to_string(status).expect("Linux tells");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the peak");
        line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") / 1024
    }
}

/// Where it says that it listens.
async fn address(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let address = loop {
        let line = lines.next_line().await.expect("its log").expect("it has not ended");
        let line: serde_json::Value = serde_json::from_str(&line).expect("JSON");
        if let Some(address) = line["grpc_addr"].as_str() {
            break format!("http://{address}");
        }
    };
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    address
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn whatever_is_uploaded_memory_stays_within_its_bounds() {
    let process = Process::start(&[
        ("TASKS__IMAGES__UPLOAD_MEMORY_BYTES", "50331648"),
        ("TASKS__IMAGES__DECODE_MEMORY_BYTES", "220200960"),
        ("TASKS__IMAGES__DECODE_WORKERS", "8"),
    ])
    .await;
    let client = &process.client;
    let id = client.create(draft("Pets")).await.expect("created").task_id;
    let before = process.peak_mib();

    // Pictures of 64 MiB of pixels in a few KiB of file, of which operators get smaller ones: eight at once would be
    // some 1,600 MiB.
    let flat = (0..2).map(|call| {
        let files = (0..4).map(|n| File::new(&format!("flat {call}-{n}"), "", flat_png(4_000, call * 4 + n)));
        client.upload(&id, files.collect())
    });
    for reports in join_all(flat).await {
        let reports = reports.expect("uploaded");
        assert!(reports.iter().all(|report| report.outcome() == UploadOutcome::Added), "{reports:?}");
    }
    // Twelve files of 20 MiB at once, each refused only when it has arrived: 240 MiB.
    let large = (0..12).map(|n| client.upload(&id, vec![File::new(&format!("large {n}"), "", vec![n; 20 * MIB])]));
    for reports in join_all(large).await {
        let reports = reports.expect("uploaded");
        assert_eq!(crate::harness::Harness::reason(&reports[0]), Some(Reason::ImageFormatUnknown));
    }
    // A bomb, and a stream without end.
    let bomb = File::new("bomb.png", "", bomb(65_535, 65_535)).messages(&id);
    let endless = (0..10 * 1024).map(|_| UploadImagesRequest {
        task_id: String::new(),
        part: Some(Part { name: "endless".into(), data: vec![0; MIB].into(), ..Part::default() }),
        ..Default::default()
    });
    let (reports, end) = client.send(bomb.into_iter().chain(endless)).await;
    assert_eq!(end.expect_err("ended").reason, Some(Reason::RequestTooLarge));
    assert_eq!(reports.len(), 2);

    let grown = process.peak_mib() - before;
    // 48 for files, 210 for pixels, and what the calls have under way.
    assert!(grown < 330, "{grown} MiB more than the {before} MiB at rest");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_export_of_two_hundred_thousand_results_takes_no_more_memory_than_a_page_of_it() {
    let process = Process::start(&[]).await;
    let client = &process.client;
    let id = client.create(draft("Many")).await.expect("created").task_id;
    let database = sqlx::PgPool::connect(process.database.superuser_url()).await.expect("a database");
    sqlx::raw_sql(AssertSqlSafe(rows(&id, 200_000))).execute(&database).await.expect("inserted");
    let before = process.peak_mib();
    let pieces = client.export_pieces(&id, ExportFormat::Csv as i32).await.expect("a file");
    let (lines, bytes) = pieces.iter().fold((0, 0), |(lines, bytes), piece| {
        (lines + piece.iter().filter(|byte| **byte == b'\n').count(), bytes + piece.len())
    });
    assert_eq!(lines, 200_001);
    let grown = process.peak_mib() - before;
    assert!(grown < 16 && bytes > 10 * MIB, "{grown} MiB for {} MiB", bytes / MIB);
}
