//! The service itself, in two replicas, with all that it talks to.

use bytes::Bytes;
use chrono::DateTime;
use labelmesh_clock::{Clock, Random};
use labelmesh_events::Event;
use labelmesh_identity::Role;
use labelmesh_ids::{ImageId, TaskId, UserId};
use labelmesh_proto::subtasks::v1::{SubtaskDecided, subtask_service_client::SubtaskServiceClient};
use labelmesh_proto::tasks::v1::{AnnouncedImage, GoldUse, Policy, TaskImagesAdded, TaskOpened, TaskSpec};
use labelmesh_proto::timestamp;
use labelmesh_service::{Basics, Handle, Surroundings};
use labelmesh_testkit::{
    FakeAuth, Identities, Listener, Publisher, TestBroker, TestBucket, TestDatabase, until, with_token,
};
use sqlx::PgPool;
use subtasks::{Config, Leases, Redeciding};
use tonic::transport::Channel;

pub(crate) type Client = SubtaskServiceClient<Channel>;

pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) identities: Identities,
    pub(crate) bucket: TestBucket,
    pub(crate) pool: PgPool,
    /// The two replicas.
    pub(crate) clients: [Client; 2],
    broker: TestBroker,
    tasks: Publisher,
    users: Publisher,
    _replicas: [Handle; 2],
    _database: TestDatabase,
    _auth: FakeAuth,
}

impl World {
    pub(crate) async fn new() -> Self {
        let clock = Clock::manual(DateTime::from_timestamp(1_800_000_000, 0).expect("valid"));
        let random = Random::system();
        let identities = Identities::new(&clock);
        let auth = FakeAuth::start(&identities).await;
        let (broker, bucket) = (TestBroker::create().await, TestBucket::create().await);
        let database = TestDatabase::create("subtasks", subtasks::migrate).await;
        let tasks = Publisher::start(&broker, "tasks", &clock).await;
        let users = Publisher::start(&broker, "users", &clock).await;
        let config = config(&identities, &auth, &broker, &bucket, &database);
        let replica = || async {
            let surroundings = Surroundings { clock: clock.clone(), random: random.clone() };
            subtasks::start(config.clone(), surroundings).await.expect("subtasks starts")
        };
        let replicas = [replica().await, replica().await];
        let clients = [client(&replicas[0]).await, client(&replicas[1]).await];
        Self {
            pool: database.pool(),
            clock,
            random,
            identities,
            bucket,
            clients,
            broker,
            tasks,
            users,
            _replicas: replicas,
            _database: database,
            _auth: auth,
        }
    }

    /// What is fixed about a task of this owner.
    pub(crate) fn spec(&self, owner: UserId, images: usize, redundancy: u32) -> TaskSpec {
        TaskSpec {
            owner_id: owner.to_string(),
            title: "Animals".to_owned(),
            instructions: "Look closely.".to_owned(),
            labels: vec!["cat".to_owned(), "dog".to_owned()],
            policy: Some(Policy { redundancy, max_votes: redundancy + 2, confidence: 0.0, ..Policy::default() }),
            images: images as u64,
            ..TaskSpec::default()
        }
    }

    /// Puts pictures into the store and says what tasks would announce about them.
    pub(crate) async fn images(&self, count: usize) -> Vec<AnnouncedImage> {
        let mut images = Vec::new();
        for number in 0..count {
            let blob_key = format!("images/{number}");
            let bytes = Bytes::from(picture(number));
            self.bucket.blobs().put_if_absent(&blob_key, bytes, "image/png").await.expect("stores");
            let image_id = ImageId::new(self.clock.now(), self.random.bytes()).to_string();
            images.push(AnnouncedImage {
                image_id,
                blob_key,
                media_type: "image/png".to_owned(),
                gold_label: String::new(),
                gold_use: GoldUse::Unspecified.into(),
            });
        }
        images
    }

    /// Publishes what tasks says of a submitted task: its images first, since nothing relies on the order.
    pub(crate) async fn submit(&self, task: TaskId, spec: &TaskSpec, images: &[AnnouncedImage]) {
        let added = TaskImagesAdded {
            task_id: task.to_string(),
            version: 3,
            spec: Some(spec.clone()),
            images: images.to_vec(),
            occurred_at: Some(timestamp(self.clock.now())),
        };
        let opened = TaskOpened {
            task_id: task.to_string(),
            version: 2,
            spec: Some(spec.clone()),
            occurred_at: Some(timestamp(self.clock.now())),
        };
        self.publish(&[added]).await;
        self.publish(&[opened]).await;
        self.wait_for_images(images.len() as i64).await;
    }

    /// Publishes as tasks does.
    pub(crate) async fn publish<E: Event>(&self, events: &[E]) {
        self.tasks.publish(events).await;
    }

    /// Publishes as users does.
    pub(crate) async fn publish_of_users<E: Event>(&self, events: &[E]) {
        self.users.publish(events).await;
    }

    /// Looks until there are so many images.
    pub(crate) async fn wait_for_images(&self, count: i64) {
        until("so many images", async || {
            let there = sqlx::query_scalar("SELECT count(*) FROM subtask").fetch_one(&self.pool).await;
            (there.unwrap_or(0) == count).then_some(())
        })
        .await;
    }

    /// The decisions that are published from now on, and before.
    pub(crate) async fn decisions(&self) -> Listener {
        Listener::start(&self.broker, &[SubtaskDecided::SUBJECT]).await
    }

    /// A call of a new operator's.
    pub(crate) fn operator(&self) -> Caller {
        self.caller(self.identities.new_user(), Role::Operator)
    }

    /// A call of this user's.
    pub(crate) fn caller(&self, user: UserId, role: Role) -> Caller {
        Caller { token: self.identities.user_token(user, &[role]) }
    }
}

/// Somebody who calls.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    token: String,
}

impl Caller {
    /// A request of this caller's.
    pub(crate) fn asks<T>(&self, message: T) -> tonic::Request<T> {
        with_token(message, &self.token)
    }
}

/// The bytes of a picture: more than one piece of a stream.
pub(crate) fn picture(number: usize) -> Vec<u8> {
    (0..200_000).map(|byte| ((byte + number) % 251) as u8).collect()
}

fn config(
    identities: &Identities,
    auth: &FakeAuth,
    broker: &TestBroker,
    bucket: &TestBucket,
    database: &TestDatabase,
) -> Config {
    let mut basics =
        Basics { listen: ([127, 0, 0, 1], 0).into(), admin_listen: ([127, 0, 0, 1], 0).into(), ..Basics::default() };
    basics.identity.key = Some(identities.service_key("subtasks"));
    basics.identity.services = identities.service_keys(&["tasks", "users"]).into_iter().collect();
    basics.identity.auth.endpoints = vec![auth.uri()];
    Config {
        basics,
        database: labelmesh_pg::Config::new(database.url()),
        events: broker.config("subtasks"),
        blobs: bucket.read_only_config(),
        page_key: [1; 32].into(),
        pseudonym_key: [2; 32].into(),
        leases: Leases::default(),
        redeciding: Redeciding::default(),
    }
}

async fn client(replica: &Handle) -> Client {
    Client::connect(format!("http://{}", replica.grpc_addr())).await.expect("connects")
}
