//! One service with everything around it: its database, its broker, its bucket, and workers as they are wanted.

mod calls;
mod process;
mod site;

use chrono::DateTime;
use labelmesh_blobs::Blobs;
use labelmesh_clock::{Clock, Random};
use labelmesh_identity::Role;
use labelmesh_ids::UserId;
use labelmesh_proto::{timestamp, users::v1::UserDeleted};
use labelmesh_service::{Basics, Handle, Surroundings};
use labelmesh_testkit::{FakeAuth, FakeTasks, Identities, Publisher, TestBroker, TestBucket, TestDatabase, until};
use renditions::{AskedPages, Config, Deadlines, Kind, Pages, Pictures, Quotas, Turns, WorkerConfig};
use sqlx::{AssertSqlSafe, PgPool};
use tonic_health::pb::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};

pub(crate) use calls::{Client, crop, photo, picture, resize};
pub(crate) use process::Process;
pub(crate) use site::Site;

pub(crate) struct Harness {
    pub(crate) clock: Clock,
    pub(crate) blobs: Blobs,
    pub(crate) broker: TestBroker,
    pub(crate) tasks: FakeTasks,
    identities: Identities,
    address: String,
    users: Publisher,
    database: PgPool,
    config: Config,
    worker: WorkerConfig,
    service: Handle,
    _auth: FakeAuth,
    _bucket: TestBucket,
    _database: TestDatabase,
}

/// Of a service and its workers, on ports of their own.
fn basics(identities: &Identities, auth: &FakeAuth) -> Basics {
    let mut basics = Basics::default();
    basics.listen.set_ip([127, 0, 0, 1].into());
    basics.listen.set_port(0);
    basics.admin_listen = basics.listen;
    basics.identity.key = Some(identities.service_key("renditions"));
    basics.identity.services = identities.service_keys(&["renditions", "users"]).into_iter().collect();
    basics.identity.auth.endpoints = vec![auth.uri()];
    basics
}

impl Harness {
    pub(crate) async fn start() -> Self {
        Self::with(|_, _| {}).await
    }

    /// With another configuration of the service and its workers. The service is ready when this returns; there is no
    /// worker.
    pub(crate) async fn with(change: impl FnOnce(&mut Config, &mut WorkerConfig)) -> Self {
        let clock = Clock::manual(DateTime::from_timestamp(1_800_000_000, 0).expect("a time"));
        let identities = Identities::new(&clock);
        let (auth, tasks) = tokio::join!(FakeAuth::start(&identities), FakeTasks::start(&identities));
        let (database, broker, bucket) = tokio::join!(
            TestDatabase::create("renditions", renditions::migrate),
            TestBroker::create(),
            TestBucket::create()
        );
        let users = Publisher::start(&broker, "users", &clock).await;
        let basics = basics(&identities, &auth);
        let mut config = Config {
            basics: basics.clone(),
            database: labelmesh_pg::Config::new(database.url()),
            events: broker.config("renditions"),
            blobs: bucket.config(),
            tasks: labelmesh_client::Config::new(vec![tasks.uri()]),
            create_bucket: false,
            page_key: [7; 32].into(),
            pictures: Pictures::default(),
            quotas: Quotas::default(),
            kinds: Kind::ALL.to_vec(),
            pages: AskedPages::default(),
            turns: Turns::default(),
        };
        let mut worker = WorkerConfig {
            basics,
            events: broker.config("renditions"),
            blobs: bucket.config(),
            pictures: Pictures::default(),
            at_once: 1,
            memory_bytes: 256 << 20,
            deadlines: Deadlines::default(),
            pages: Pages::default(),
        };
        change(&mut config, &mut worker);
        let surroundings = Surroundings { clock: clock.clone(), random: Random::system() };
        let service = renditions::start(config.clone(), surroundings).await.expect("it starts");
        let address = format!("http://{}", service.grpc_addr());
        until_ready(&address).await;
        Self {
            address,
            users,
            database: PgPool::connect(database.superuser_url()).await.expect("a database"),
            blobs: bucket.blobs(),
            clock,
            broker,
            tasks,
            identities,
            config,
            worker,
            service,
            _auth: auth,
            _bucket: bucket,
            _database: database,
        }
    }

    /// Stops the service and starts it again, with another configuration. Clients have to be [`Self::again`].
    pub(crate) async fn restart(self, change: impl FnOnce(&mut Config)) -> Self {
        self.service.shutdown().await.expect("it stops");
        let mut config = self.config;
        change(&mut config);
        let surroundings = Surroundings { clock: self.clock.clone(), random: Random::system() };
        let service = renditions::start(config.clone(), surroundings).await.expect("it starts");
        let address = format!("http://{}", service.grpc_addr());
        until_ready(&address).await;
        Self { config, service, address, ..self }
    }

    /// The same client after a restart.
    pub(crate) fn again(&self, client: &Client) -> Client {
        let token = self.identities.user_token(client.user_id, &[Role::Client]);
        Client::new(&self.address, client.user_id, token)
    }

    /// A worker of all kinds that need no page, until it is dropped.
    pub(crate) async fn worker(&self) -> Handle {
        self.worker_of(&[Kind::Resize, Kind::Crop, Kind::Optimize, Kind::Portrait]).await
    }

    /// A worker of these kinds.
    pub(crate) async fn worker_of(&self, kinds: &[Kind]) -> Handle {
        self.try_worker(Some(kinds)).await.expect("it starts")
    }

    /// A worker of these kinds or of all that it can make, if it starts.
    pub(crate) async fn try_worker(&self, kinds: Option<&[Kind]>) -> anyhow::Result<Handle> {
        let surroundings = Surroundings { clock: self.clock.clone(), random: Random::system() };
        renditions::start_worker(self.worker.clone(), kinds, surroundings).await
    }

    /// A worker of pictures of pictures as a process of its own, with these settings.
    pub(crate) fn process(&self, settings: &[(&str, &str)]) -> Process {
        Process::start(&self.worker, &self.identities, settings)
    }

    pub(crate) fn client(&self) -> Client {
        self.user(&[Role::Client])
    }

    pub(crate) fn administrator(&self) -> Client {
        self.user(&[Role::Administrator])
    }

    fn user(&self, roles: &[Role]) -> Client {
        let user_id = self.identities.new_user();
        Client::new(&self.address, user_id, self.identities.user_token(user_id, roles))
    }

    /// What users says when somebody is deleted.
    pub(crate) async fn publish_leaving(&self, user_id: UserId) {
        let occurred_at = Some(timestamp(self.clock.now()));
        self.users.publish(&[UserDeleted { user_id: user_id.to_string(), version: 7, occurred_at }]).await;
    }

    /// How many jobs workers were told of.
    pub(crate) async fn told(&self) -> u64 {
        self.number("SELECT count(*) FROM mesh.outbox WHERE subject LIKE 'renditions.%_queued'").await
    }

    /// As if what workers have told had been lost with the store of the broker: jobs are told again.
    pub(crate) async fn lose_news(&self) {
        self.execute(
            "UPDATE transformation SET state = 'queued', ended_at = NULL;
             UPDATE job SET state = 'open', renditions = NULL, ended_at = NULL;
             UPDATE mesh.outbox SET published_at = NULL, stream_sequence = NULL, event_id = gen_random_uuid()
             WHERE subject LIKE 'renditions.%_queued'",
        )
        .await;
    }

    /// The name of the one job that there is.
    pub(crate) async fn key(&self) -> String {
        let key = sqlx::query_scalar("SELECT encode(key, 'hex') FROM job");
        key.fetch_one(&self.database).await.expect("a job")
    }

    pub(crate) async fn number(&self, sql: &str) -> u64 {
        let number: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&self.database).await.expect("a number");
        number.unsigned_abs()
    }

    /// The one text that a query finds.
    pub(crate) async fn text(&self, sql: &str) -> String {
        self.texts(sql).await.pop().expect("a text")
    }

    /// The texts that a query finds.
    pub(crate) async fn texts(&self, sql: &str) -> Vec<String> {
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&self.database).await.expect("texts")
    }

    pub(crate) async fn execute(&self, sql: &str) {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&self.database).await.expect("executed");
    }

    /// Returns when a count has come down to nothing.
    pub(crate) async fn none_left(&self, sql: &str) {
        until("none", async || (self.number(sql).await == 0).then_some(())).await;
    }
}

/// Waits until the service at an address says that it is ready.
async fn until_ready(uri: &str) {
    let channel = tonic::transport::Endpoint::from_shared(uri.to_owned()).expect("a URI").connect_lazy();
    let request = HealthCheckRequest { service: "labelmesh.renditions.v1.RenditionService".into() };
    let mut health = HealthClient::new(channel).watch(request).await.expect("health").into_inner();
    while let Some(state) = health.message().await.expect("health") {
        if state.status() == ServingStatus::Serving {
            return;
        }
    }
    panic!("the service never became ready");
}
