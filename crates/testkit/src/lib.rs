#![doc = include_str!("../README.md")]

mod aside;
mod authenticator;
mod broker;
mod bucket;
mod database;
mod fake_auth;
mod fake_notify;
mod fake_tasks;
mod fake_users;
mod identities;
mod left_over;
mod listener;
mod publisher;
mod servers;
mod serving;
mod template;
mod told;
mod until;

pub use authenticator::authenticator_code;
pub use broker::TestBroker;
pub use bucket::TestBucket;
pub use database::TestDatabase;
pub use fake_auth::FakeAuth;
pub use fake_notify::FakeNotify;
pub use fake_tasks::FakeTasks;
pub use fake_users::FakeUsers;
pub use identities::{Identities, with_token};
pub use labelmesh_servers::{Durability, Mail, Message, Mood, Nats, Postgres, Tools, http_client};
pub use listener::Listener;
pub use publisher::Publisher;
pub use servers::{mail, own_nats, own_postgres, unique};
pub use serving::Serving;
pub use told::told;
pub use until::{try_until, until};
