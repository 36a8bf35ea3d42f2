//! The use cases on a database of their own, with a clock that stands until it is moved.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use labelmesh_acts::Acts;
use labelmesh_blobs::Blobs;
use labelmesh_clock::{Clock, Random};
use labelmesh_consensus::StopRule;
use labelmesh_errors::Result;
use labelmesh_events::{Event, Outbox};
use labelmesh_identity::{Principal, Reach, User};
use labelmesh_ids::{ImageId, SubtaskId, TaskId, UserId};
use labelmesh_seal::{PageRequest, PageTokens, SealKey, Sealer};
use labelmesh_testkit::{TestDatabase, told};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use subtasks::app::handing_out::lease::{Leased, lease};
use subtasks::app::names::Names;
use subtasks::app::pseudonyms::Pseudonyms;
use subtasks::app::snapshots::Snapshots;
use subtasks::app::tasks::add_images::{Announced, add_images};
use subtasks::app::turn::Turns;
use subtasks::app::voting::vote::{Ballot, vote};
use subtasks::app::{App, LeaseRules, Operator};
use subtasks::domain::{GoldRules, Outcome, Ring, Spec, Terms};
use subtasks::store::subtasks::NewImage;
use tokio::sync::Notify;

/// How long a lease lives here.
pub(crate) const LEASE: TimeDelta = TimeDelta::seconds(300);
/// How long a task without work rests here.
pub(crate) const REST: TimeDelta = TimeDelta::seconds(2);

/// A page, asked for by somebody of whom nothing is known but that it is always the same.
pub(crate) fn asked(size: i32, token: &str) -> PageRequest<'_> {
    static SOMEBODY: Principal = Principal::Anonymous;
    PageRequest { principal: &SOMEBODY, size, token }
}

/// The operator as whoever makes a call.
pub(crate) fn principal(operator: Operator) -> Principal {
    Principal::User(User { user_id: operator.user_id(), session_id: None, roles: Vec::new(), confirmed: true })
}

/// The use cases and all they work with.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) random: Random,
    database: Arc<TestDatabase>,
}

/// A task with its images.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) id: TaskId,
    pub(crate) spec: Spec,
    pub(crate) images: Vec<SubtaskId>,
    /// Those of them whose label is known.
    pub(crate) gold: Vec<(SubtaskId, &'static str)>,
    /// How many of those are drawn for the qualification.
    pub(crate) qualifying: usize,
}

impl Task {
    /// What is known of an image, and for what it is handed out: of the gold images the first ones are drawn for the
    /// qualification.
    fn known(&self, image: SubtaskId) -> Option<(String, Ring)> {
        let place = self.gold.iter().position(|(gold, _)| *gold == image)?;
        let ring = if place < self.qualifying { Ring::Qualification } else { Ring::Control };
        Some((self.gold[place].1.to_owned(), ring))
    }
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let database = TestDatabase::create("subtasks", subtasks::migrate).await;
        Self::over(database)
    }

    /// What the owner of a task sees of an operator.
    pub(crate) fn pseudonym(&self, task: TaskId, operator: UserId) -> String {
        Pseudonyms::new(&SealKey::from([2; 32])).of(task, operator)
    }

    /// The use cases over a database, so that several can share one server.
    pub(crate) fn over(database: TestDatabase) -> Self {
        let pool = database.pool();
        let clock = Clock::manual(DateTime::from_timestamp(1_800_000_000, 0).expect("valid"));
        let random = Random::seeded(7);
        let blobs = labelmesh_blobs::Config {
            endpoint: "http://127.0.0.1:1".to_owned(),
            insecure: false,
            public_endpoint: None,
            bucket: "images".to_owned(),
            region: "us-east-1".to_owned(),
            access_key: "none".to_owned(),
            secret_key: "none".to_owned().into(),
            timeout_ms: 1_000,
        };
        let outbox = Outbox::new("subtasks", clock.clone(), random.clone());
        let app = App {
            pool,
            acts: Acts::new(&outbox, &clock),
            outbox,
            blobs: Blobs::new(&blobs).expect("a server on this machine"),
            pages: PageTokens::new(Sealer::new(&[1; 32].into(), random.clone())),
            names: Names::new(&[2; 32].into()),
            rules: LeaseRules { duration: LEASE, rest: REST },
            snapshots: Snapshots::default(),
            turns: Turns::default(),
            redeciding_bytes: 1 << 26,
            ended: Arc::new(Notify::new()),
            excluded: Arc::new(Notify::new()),
            deleted: Arc::new(Notify::new()),
            random: random.clone(),
            clock,
        };
        Self { app, random, database: Arc::new(database) }
    }

    /// A connection of the tables' owner, for what the service may not do.
    pub(crate) async fn owner(&self) -> PgConnection {
        PgConnection::connect(self.database.owner_url()).await.expect("a server")
    }

    /// A new operator.
    pub(crate) fn operator(&self) -> Operator {
        let user = UserId::new(self.app.clock.now(), self.random.bytes());
        Operator::of(Reach::Own(user)).expect("an operator's reach")
    }

    /// What is fixed about a task with the labels cat, dog and owl.
    pub(crate) fn spec(&self, images: usize, redundancy: u16, max_votes: u16) -> Spec {
        let labels = ["cat", "dog", "owl"].map(str::to_owned).to_vec();
        Spec {
            owner_id: UserId::new(self.app.clock.now(), self.random.bytes()),
            title: "Animals".to_owned(),
            instructions: "Look closely.".to_owned(),
            terms: Terms::new(labels, StopRule::new(redundancy, max_votes).expect("fit")),
            images: images as u64,
            gold: GoldRules::default(),
            one_vote_per_network: false,
            audience: None,
        }
    }

    /// A task that was submitted, with so many images that wait for their labels.
    pub(crate) async fn task(&self, images: usize, redundancy: u16, max_votes: u16) -> Task {
        let task = self.unannounced(images, redundancy, max_votes);
        self.announce(&task).await;
        task
    }

    /// A task that was submitted, whose images want votes until their labels are sure enough.
    pub(crate) async fn confident_task(&self, images: usize, confidence: f64, least: u16, most: u16) -> Task {
        let mut task = self.unannounced(images, least, most);
        let stop = StopRule::until(confidence, least, most).expect("fit");
        task.spec.terms = Terms::new(task.spec.terms.labels().to_vec(), stop);
        self.announce(&task).await;
        task
    }

    /// A task that was submitted, the labels of some of whose images are known.
    pub(crate) async fn task_with_gold(&self, images: usize, gold: usize, redundancy: u16, max_votes: u16) -> Task {
        let mut task = self.unannounced(images, redundancy, max_votes);
        task.gold = task.images[..gold].iter().map(|&image| (image, "cat")).collect();
        task.spec.gold = GoldRules { share: 0.3, ..GoldRules::default() };
        self.announce(&task).await;
        task
    }

    /// A task that nobody has heard of yet.
    pub(crate) fn unannounced(&self, images: usize, redundancy: u16, max_votes: u16) -> Task {
        let now = self.app.clock.now();
        let images: Vec<_> = (0..images).map(|_| ImageId::new(now, self.random.bytes()).into()).collect();
        let spec = self.spec(images.len(), redundancy, max_votes);
        Task { id: TaskId::new(now, self.random.bytes()), spec, images, gold: Vec::new(), qualifying: 0 }
    }

    /// How many rows a table has of a task.
    pub(crate) async fn rows_of(&self, table: &str, task: &Task) -> i64 {
        let of_task = match table {
            "decision" | "former_decision" => "subtask_id = ANY($2)",
            _ => "task_id = $1",
        };
        let count = format!("SELECT count(*) FROM {table} WHERE {of_task} AND ($1::uuid, $2::uuid[]) IS NOT NULL");
        let images: Vec<_> = task.images.iter().map(|image| image.uuid()).collect();
        let count = sqlx::query_scalar(AssertSqlSafe(count)).bind(task.id.uuid()).bind(images);
        count.fetch_one(&self.app.pool).await.expect("a number")
    }

    /// The images of a task are announced.
    pub(crate) async fn announce(&self, task: &Task) {
        let images = task.images.iter().map(|&subtask_id| NewImage {
            subtask_id,
            blob_key: format!("images/{subtask_id}"),
            media_type: "image/png".to_owned(),
            gold: task.known(subtask_id),
        });
        let announced = Announced { task_id: task.id, version: 2, spec: task.spec.clone(), images: images.collect() };
        add_images(&self.app, &announced).await.expect("adds images");
    }

    pub(crate) async fn lease(&self, operator: Operator, count: u32) -> Leased {
        lease(&self.app, operator, count).await.expect("leases")
    }

    /// Leases one image, which there must be.
    pub(crate) async fn lease_one(&self, operator: Operator) -> SubtaskId {
        self.lease(operator, 1).await.held.first().expect("an image").subtask_id
    }

    pub(crate) async fn vote(&self, operator: Operator, subtask_id: SubtaskId, label: &str) -> Result<Outcome> {
        vote(&self.app, operator, Ballot { subtask_id, label: label.to_owned() }).await
    }

    /// A new operator leases the image, which must be the only one, and votes for it.
    pub(crate) async fn somebody_votes(&self, subtask_id: SubtaskId, label: &str) -> Operator {
        let operator = self.operator();
        assert_eq!(self.lease_one(operator).await, subtask_id);
        self.vote(operator, subtask_id, label).await.expect("votes");
        operator
    }

    pub(crate) fn pass(&self, time: TimeDelta) {
        self.app.clock.advance(time);
    }

    /// The events of a kind that were enqueued so far.
    pub(crate) async fn events<E: Event>(&self) -> Vec<E> {
        told(&self.app.pool).await
    }

    /// Forgets everything, so that several walks can share a database.
    pub(crate) async fn clear(&self) {
        sqlx::raw_sql(
            "DELETE FROM redecision; DELETE FROM snapshot; DELETE FROM model; DELETE FROM former_decision; DELETE FROM decision; DELETE FROM assignment; DELETE FROM subtask; DELETE FROM task; DELETE FROM operator;
             DELETE FROM place; DELETE FROM standing; DELETE FROM lapse; DELETE FROM audience; DELETE FROM admitted; DELETE FROM member; DELETE FROM mesh.outbox;",
        )
        .execute(&self.app.pool)
        .await
        .expect("forgets");
    }

    /// How many images are open.
    pub(crate) async fn open_images(&self) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM subtask WHERE NOT closed")
            .fetch_one(&self.app.pool)
            .await
            .expect("reads")
    }

    /// What must be true after every step: the counters equal the rows, open images are neither overbooked nor full,
    /// and what is closed by votes has one decision whose counts are those of the votes, but for those that were set
    /// aside since.
    pub(crate) async fn check(&self) {
        let wrong: Vec<String> = sqlx::query_scalar(
            "SELECT format('%s: votes %s/%s leases %s/%s skips %s/%s wanted %s closed %s', s.subtask_id, s.votes, r.votes,
                           s.leases, r.leases, s.skips, r.skips, s.wanted, s.closed)
             FROM subtask s JOIN task t USING (task_id)
             CROSS JOIN LATERAL (
                 SELECT count(*) FILTER (WHERE state = 'voted') AS votes,
                        count(*) FILTER (WHERE state = 'leased') AS leases,
                        count(*) FILTER (WHERE state = 'skipped') AS skips,
                        count(DISTINCT ordinal) FILTER (WHERE ordinal IS NOT NULL) AS ordinals,
                        count(ordinal) AS given
                 FROM assignment a WHERE a.subtask_id = s.subtask_id) r
             CROSS JOIN LATERAL (
                 SELECT count(*) AS votes FROM assignment a JOIN standing p USING (task_id, operator_id)
                 WHERE a.subtask_id = s.subtask_id AND a.state = 'surplus' AND p.excluded_at IS NOT NULL) aside
             LEFT JOIN decision d USING (subtask_id)
             WHERE (s.votes, s.leases, s.skips) <> (r.votes, r.leases, r.skips)
                OR r.ordinals <> r.given AND s.gold_label IS NULL
                OR NOT s.closed AND (s.votes + s.leases > s.wanted OR s.votes >= s.wanted OR d.subtask_id IS NOT NULL)
                OR s.votes > t.max_votes OR s.wanted > t.max_votes
                OR s.closed AND t.state <> 'cancelled' AND (d.subtask_id IS NULL OR coalesce(
                    (SELECT sum((c ->> 'votes')::int) FROM jsonb_array_elements(d.counts) c), 0)
                    NOT BETWEEN s.votes AND s.votes + aside.votes)",
        )
        .fetch_all(&self.app.pool)
        .await
        .expect("reads");
        assert!(wrong.is_empty(), "the counters of these images don't equal the rows: {wrong:#?}");
    }
}

/// The reason with which something was refused.
pub(crate) fn reason<T: std::fmt::Debug>(outcome: Result<T>) -> labelmesh_errors::Reason {
    outcome.expect_err("a refusal").reason()
}
