//! A world for one test: everything that notify talks to, and the service itself in as many replicas as wanted.

use std::time::Duration;

use chrono::DateTime;
use labelmesh_clock::{Clock, Random};
use labelmesh_events::Event;
use labelmesh_ids::{SessionId, TaskId, UserId};
use labelmesh_proto::{
    auth::v1::LoggedIn,
    subtasks::v1::OperatorPaused,
    tasks::v1::{TaskCompleted, TaskDeleted, TaskStarved},
    timestamp,
    users::v1::UserDeleted,
};
use labelmesh_service::{Basics, Handle, Surroundings};
use labelmesh_testkit::{FakeAuth, FakeUsers, Identities, Mail, Publisher, TestBroker, TestDatabase, until};
use notify::{Config, Delivery, Encryption, Smtp, Webhooks};
use sqlx::PgPool;

/// No condition of these tests takes longer.
pub(crate) const SOON: Duration = Duration::from_secs(30);

pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) random: Random,
    pub(crate) identities: Identities,
    pub(crate) database: TestDatabase,
    pub(crate) pool: PgPool,
    pub(crate) broker: TestBroker,
    pub(crate) users: FakeUsers,
    pub(crate) mail: Mail,
    auth: FakeAuth,
    /// Who publishes: auth, tasks, subtasks and users.
    publishers: [Publisher; 4],
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::at(Clock::manual(DateTime::from_timestamp(1_800_000_000, 0).expect("a time"))).await
    }

    /// One whose time a clock says.
    pub(crate) async fn at(clock: Clock) -> Self {
        let random = Random::system();
        let identities = Identities::new(&clock);
        let broker = TestBroker::create().await;
        let database = TestDatabase::create("notify", notify::migrate).await;
        Self {
            auth: FakeAuth::start(&identities).await,
            users: FakeUsers::start(&identities).await,
            mail: labelmesh_testkit::mail().await,
            publishers: [
                Publisher::start(&broker, "auth", &clock).await,
                Publisher::start(&broker, "tasks", &clock).await,
                Publisher::start(&broker, "subtasks", &clock).await,
                Publisher::start(&broker, "users", &clock).await,
            ],
            pool: database.pool(),
            database,
            broker,
            identities,
            clock,
            random,
        }
    }

    /// What a replica is configured with; tests shorten what would keep them waiting.
    pub(crate) fn config(&self) -> Config {
        let mut basics = Basics {
            listen: ([127, 0, 0, 1], 0).into(),
            admin_listen: ([127, 0, 0, 1], 0).into(),
            ..Basics::default()
        };
        basics.identity.key = Some(self.identities.service_key("notify"));
        basics.identity.services =
            self.identities.service_keys(&["auth", "tasks", "subtasks", "users"]).into_iter().collect();
        basics.identity.auth.endpoints = vec![self.auth.uri()];
        Config {
            basics,
            database: labelmesh_pg::Config::new(self.database.url()),
            events: self.broker.config("notify"),
            users: labelmesh_client::Config::new(vec![self.users.uri()]),
            page_key: [7; 32].into(),
            public_url: "https://labelmesh.test/".to_owned(),
            smtp: Smtp {
                host: "127.0.0.1".to_owned(),
                port: self.mail.smtp_addr().port(),
                encryption: Encryption::None,
                insecure: false,
                user: None,
                password: None,
                from: "Labelmesh <no-reply@labelmesh.test>".to_owned(),
                timeout: Duration::from_secs(10),
            },
            webhook_key: [8; 32].into(),
            texts: None,
            webhooks: Webhooks { sweep: Duration::from_millis(20), ..Webhooks::default() },
            outbound: labelmesh_outbound::Config {
                allow: vec!["127.0.0.0/8".parse().expect("a network")],
                // Longer than anything hangs here: the clock stands, so whoever were given up would rest for good.
                timeout: SOON,
            },
            delivery: Delivery {
                sweep: Duration::from_millis(20),
                longest_pause: Duration::from_millis(50),
                ..Delivery::default()
            },
        }
    }

    pub(crate) async fn start(&self) -> Handle {
        self.start_with(self.config()).await
    }

    pub(crate) async fn start_with(&self, config: Config) -> Handle {
        let surroundings = Surroundings { clock: self.clock.clone(), random: self.random.clone() };
        notify::start(config, surroundings).await.expect("notify starts")
    }

    /// A user whom the users service knows.
    pub(crate) fn user(&self, name: &str) -> UserId {
        let user_id = self.identities.new_user();
        self.users.add(user_id, &format!("{}@users.test", name.to_lowercase()), name);
        user_id
    }

    /// What auth says when somebody signs in.
    pub(crate) fn login(&self, user_id: UserId) -> LoggedIn {
        LoggedIn {
            session_id: SessionId::new(self.clock.now(), self.random.bytes()).to_string(),
            version: 1,
            user_id: user_id.to_string(),
            address: "192.0.2.7".to_owned(),
            user_agent: "curl/8.14".to_owned(),
            occurred_at: Some(timestamp(self.clock.now())),
        }
    }

    /// What tasks says when a task is complete.
    pub(crate) fn completion(&self, owner_id: UserId, title: &str) -> TaskCompleted {
        TaskCompleted {
            task_id: TaskId::new(self.clock.now(), self.random.bytes()).to_string(),
            version: 9,
            owner_id: owner_id.to_string(),
            title: title.to_owned(),
            images: 300,
            decided: 300,
            contested: 4,
            undecided: 0,
            occurred_at: Some(timestamp(self.clock.now())),
        }
    }

    /// What subtasks says when an operator is paused.
    pub(crate) fn pause(&self, operator_id: UserId, title: &str) -> OperatorPaused {
        OperatorPaused {
            task_id: TaskId::new(self.clock.now(), self.random.bytes()).to_string(),
            operator_id: operator_id.to_string(),
            version: 1,
            title: title.to_owned(),
            occurred_at: Some(timestamp(self.clock.now())),
        }
    }

    /// What users says, such as that somebody has another password.
    pub(crate) async fn publish_of_users<E: Event>(&self, events: &[E]) {
        self.publishers[3].publish(events).await;
    }

    pub(crate) async fn publish_starved(&self, events: &[TaskStarved]) {
        self.publishers[1].publish(events).await;
    }

    pub(crate) async fn publish_pauses(&self, events: &[OperatorPaused]) {
        self.publishers[2].publish(events).await;
    }

    pub(crate) async fn publish_logins(&self, events: &[LoggedIn]) {
        self.publish_of_auth(events).await;
    }

    /// What auth says, such as that somebody has another second factor.
    pub(crate) async fn publish_of_auth<E: Event>(&self, events: &[E]) {
        self.publishers[0].publish(events).await;
    }

    pub(crate) async fn publish_completions(&self, events: &[TaskCompleted]) {
        self.publishers[1].publish(events).await;
    }

    pub(crate) async fn publish_deletions(&self, events: &[TaskDeleted]) {
        self.publishers[1].publish(events).await;
    }

    /// What users says when somebody is deleted.
    pub(crate) async fn publish_leaving(&self, user_id: UserId) {
        let occurred_at = Some(timestamp(self.clock.now()));
        let event = UserDeleted { user_id: user_id.to_string(), version: 7, occurred_at };
        self.publishers[3].publish(&[event]).await;
    }

    /// The one number that a statement gives.
    pub(crate) async fn count(&self, statement: &str) -> i64 {
        let statement = sqlx::AssertSqlSafe(statement.to_owned());
        sqlx::query_scalar(statement).fetch_one(&self.pool).await.expect("a number")
    }

    /// The states of all deliveries with how often each was put off, sorted.
    pub(crate) async fn deliveries(&self) -> Vec<(String, i32)> {
        sqlx::query_as("SELECT state, failures FROM delivery ORDER BY state, failures")
            .fetch_all(&self.pool)
            .await
            .expect("the table is read")
    }

    /// Looks at the deliveries until they are so.
    pub(crate) async fn wait_for_deliveries(&self, wanted: &[(&str, i32)]) {
        until(&format!("{wanted:?}"), async || {
            let found = self.deliveries().await;
            let found = found.iter().map(|(state, failures)| (state.as_str(), *failures));
            found.eq(wanted.iter().copied()).then_some(())
        })
        .await;
    }

    /// The mails once there are so many.
    pub(crate) async fn mails(&self, count: usize) -> Vec<std::sync::Arc<labelmesh_testkit::Message>> {
        let mails = self.mail.wait_until(SOON, |mails| mails.len() >= count).await;
        assert_eq!(mails.len(), count, "{:?}", mails.iter().map(|mail| &mail.subject).collect::<Vec<_>>());
        mails
    }
}
