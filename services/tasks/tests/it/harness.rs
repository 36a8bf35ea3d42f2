//! One service with everything around it: its database, its broker, its bucket, and a stand-in for `subtasks`.

mod calls;
mod files;
mod neighbours;

use chrono::DateTime;
use labelmesh_blobs::Blobs;
use labelmesh_clock::{Clock, Random};
use labelmesh_errors::Reason;
use labelmesh_events::Event;
use labelmesh_identity::Role;
use labelmesh_ids::UserId;
use labelmesh_proto::{
    subtasks::v1::{SubtaskDecided, SubtaskStarved},
    tasks::v1::{
        Task, TaskAudienceChanged, TaskCancelled, TaskCompleted, TaskDeleted, TaskFinishedEarly, TaskImagesAdded,
        TaskOpened, TaskState, UploadImagesResponse,
    },
    timestamp,
    users::v1::UserDeleted,
};
use labelmesh_service::{Basics, Handle, Surroundings};
use labelmesh_testkit::{FakeAuth, Identities, Listener, Publisher, TestBroker, TestBucket, TestDatabase, told, until};
use sqlx::{AssertSqlSafe, PgPool};
use tasks::{Config, Images, NewAudience, NewTasks, Quotas};
use tokio::sync::Mutex;
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};

pub(crate) use calls::{Client, Refused, draft};
pub(crate) use files::File;
pub(crate) use neighbours::{decided, starved, undecided};

use crate::pictures::png;

/// What the service publishes.
const PUBLISHED: [&str; 7] = [
    TaskAudienceChanged::SUBJECT,
    TaskOpened::SUBJECT,
    TaskImagesAdded::SUBJECT,
    TaskFinishedEarly::SUBJECT,
    TaskCancelled::SUBJECT,
    TaskCompleted::SUBJECT,
    TaskDeleted::SUBJECT,
];

pub(crate) struct Harness {
    pub(crate) clock: Clock,
    pub(crate) blobs: Blobs,
    config: Config,
    identities: Identities,
    service: Mutex<Option<Handle>>,
    address: String,
    subtasks: Publisher,
    users: Publisher,
    listener: Listener,
    database: PgPool,
    broker: TestBroker,
    _auth: FakeAuth,
    _bucket: TestBucket,
    _database: TestDatabase,
}

impl Harness {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// With another configuration. The service is ready when this returns.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let clock = Clock::manual(DateTime::from_timestamp(1_800_000_000, 0).expect("a time"));
        let identities = Identities::new(&clock);
        let auth = FakeAuth::start(&identities).await;
        let (database, broker, bucket) =
            tokio::join!(TestDatabase::create("tasks", tasks::migrate), TestBroker::create(), TestBucket::create());
        let subtasks = Publisher::start(&broker, "subtasks", &clock).await;
        let users = Publisher::start(&broker, "users", &clock).await;
        let mut basics = Basics::default();
        basics.listen.set_ip([127, 0, 0, 1].into());
        basics.listen.set_port(0);
        basics.admin_listen = basics.listen;
        basics.identity.key = Some(identities.service_key("tasks"));
        basics.identity.services = identities.service_keys(&["renditions", "subtasks", "users"]).into_iter().collect();
        basics.identity.auth.endpoints = vec![auth.uri()];
        let mut config = Config {
            basics,
            database: labelmesh_pg::Config::new(database.url()),
            events: broker.config("tasks"),
            blobs: bucket.config(),
            create_bucket: false,
            page_key: [7; 32].into(),
            images: Images::default(),
            quotas: Quotas::default(),
            audience: NewTasks { new_accounts: NewAudience::Open },
        };
        change(&mut config);
        let service = run(&config, &clock).await;
        Self {
            address: uri(&service),
            service: Mutex::new(Some(service)),
            listener: Listener::start(&broker, &PUBLISHED).await,
            database: PgPool::connect(database.superuser_url()).await.expect("a database"),
            blobs: bucket.blobs(),
            clock,
            config,
            identities,
            subtasks,
            users,
            broker,
            _auth: auth,
            _bucket: bucket,
            _database: database,
        }
    }

    /// A second replica of the service.
    pub(crate) async fn replica(&self) -> Handle {
        run(&self.config, &self.clock).await
    }

    pub(crate) async fn stop(&self) {
        let service = self.service.lock().await.take().expect("it runs");
        service.shutdown().await.expect("it stops");
    }

    pub(crate) fn client(&self) -> Client {
        self.user(&[Role::Client])
    }

    pub(crate) fn administrator(&self) -> Client {
        self.user(&[Role::Administrator])
    }

    pub(crate) fn operator(&self) -> Client {
        self.user(&[Role::Operator])
    }

    /// Another service, which calls as itself.
    pub(crate) fn service(&self, name: &str) -> Client {
        let user_id = self.identities.new_user();
        Client::new(&self.address, user_id, Some(self.identities.service_token(name, "tasks")))
    }

    pub(crate) fn nobody(&self) -> Client {
        let user_id = self.identities.new_user();
        Client::new(&self.address, user_id, None)
    }

    fn user(&self, roles: &[Role]) -> Client {
        let user_id = self.identities.new_user();
        Client::new(&self.address, user_id, Some(self.identities.user_token(user_id, roles)))
    }

    /// Why a file was refused.
    pub(crate) fn reason(report: &UploadImagesResponse) -> Option<Reason> {
        files::reason(report)
    }

    /// A submitted task with so many images, and their ids in the order of upload.
    pub(crate) async fn open_task(&self, client: &Client, images: u32) -> (Task, Vec<String>) {
        let id = client.create(draft("Pets")).await.expect("created").task_id;
        let files = (0..images).map(|n| File::new(&format!("{n}.png"), "image/png", png(n)));
        client.upload(&id, files.collect()).await.expect("uploaded");
        let task = client.submit(&id).await.expect("submitted");
        let images = client.images(&id, 0, "").await.expect("a list").images;
        (task, images.into_iter().map(|image| image.image_id).collect())
    }

    /// A draft with many images that were never uploaded: rows alone.
    pub(crate) async fn draft_with_rows(&self, client: &Client, images: u32) -> String {
        let id = client.create(draft("Many")).await.expect("created").task_id;
        self.execute(&rows(&id, images)).await;
        id
    }

    pub(crate) async fn publish_decided(&self, events: &[SubtaskDecided]) {
        self.subtasks.publish(events).await;
    }

    /// What users says when somebody is deleted.
    pub(crate) async fn publish_leaving(&self, user_id: UserId) {
        let occurred_at = Some(timestamp(self.clock.now()));
        let event = UserDeleted { user_id: user_id.to_string(), version: 7, occurred_at };
        self.users.publish(&[event]).await;
    }

    pub(crate) async fn publish_starved(&self, events: &[SubtaskStarved]) {
        self.subtasks.publish(events).await;
    }

    /// The events of a kind that others were or will be told.
    pub(crate) async fn told<E: Event>(&self) -> Vec<E> {
        told(&self.database).await
    }

    /// Returns when all decisions that were published so far have been applied: those after them are.
    pub(crate) async fn drained(&self) {
        let client = self.client();
        let (task, images) = self.open_task(&client, 1).await;
        self.publish_decided(&[decided(&task, &images[0], "cat")]).await;
        client.wait_for(&task.task_id, |progress| progress.state() == TaskState::Completed).await;
        self.execute(&format!("DELETE FROM decision WHERE task_id = '{}'", task.task_id)).await;
        self.execute(&format!(
            "DELETE FROM mesh.outbox WHERE position(convert_to('{}', 'UTF8') IN payload) > 0",
            task.task_id
        ))
        .await;
    }

    /// The next event of a kind that the service has published.
    pub(crate) async fn heard<E: Event>(&self) -> E {
        self.listener.next().await
    }

    /// How many events of others the service could not apply.
    pub(crate) async fn dead_letters(&self) -> usize {
        self.broker.dead_letters().await
    }

    /// Where events come from.
    pub(crate) fn broker(&self) -> &TestBroker {
        &self.broker
    }

    /// How many events of a kind were published.
    pub(crate) async fn outbox(&self, subject: &str) -> u64 {
        self.number(&format!("SELECT count(*) FROM mesh.outbox WHERE subject = '{subject}'")).await
    }

    /// How many images a task has in the table.
    pub(crate) async fn images_of(&self, task_id: &str) -> u64 {
        self.number(&format!("SELECT count(*) FROM image WHERE task_id = '{task_id}'")).await
    }

    pub(crate) async fn number(&self, sql: &str) -> u64 {
        let number: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&self.database).await.expect("a number");
        number.unsigned_abs()
    }

    /// Returns when a count has come down to nothing.
    pub(crate) async fn none_left(&self, sql: &str) {
        until("none", async || (self.number(sql).await == 0).then_some(())).await;
    }

    pub(crate) async fn execute(&self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&self.database).await.expect("executed");
    }
}

async fn run(config: &Config, clock: &Clock) -> Handle {
    let surroundings = Surroundings { clock: clock.clone(), random: Random::system() };
    let service = tasks::start(config.clone(), surroundings).await.expect("it starts");
    until_ready(&uri(&service)).await;
    service
}

/// Waits until the service at an address says that it is ready.
pub(crate) async fn until_ready(uri: &str) {
    let channel = tonic::transport::Endpoint::from_shared(uri.to_owned()).expect("a URI").connect_lazy();
    let request = HealthCheckRequest { service: "labelmesh.tasks.v1.TaskService".into() };
    let mut health = HealthClient::new(channel).watch(request).await.expect("health").into_inner();
    while let Some(state) = health.message().await.expect("health") {
        if state.status() == ServingStatus::Serving {
            return;
        }
    }
    panic!("the service never became ready");
}

fn uri(service: &Handle) -> String {
    format!("http://{}", service.grpc_addr())
}

/// What gives a draft so many images that have nothing but rows.
pub(crate) fn rows(task: &str, images: u32) -> String {
    format!(
        "INSERT INTO image (id, task_id, name, media_type, size_bytes, sha256, width, height, uploaded_at)
         SELECT gen_random_uuid(), '{task}', n || '.png', 'image/png', 1, sha256(n::text::bytea), 1, 1, 'epoch'
         FROM generate_series(1, {images}) AS n;
         INSERT INTO image_count VALUES ('{task}', 3, {images})"
    )
}
