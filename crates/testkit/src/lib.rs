#![doc = include_str!("../README.md")]

mod aside;
mod broker;
mod bucket;
mod database;
mod fake_auth;
mod identities;
mod left_over;
mod servers;
mod template;

pub use broker::TestBroker;
pub use bucket::TestBucket;
pub use database::TestDatabase;
pub use fake_auth::FakeAuth;
pub use identities::{Identities, with_token};
pub use labelmesh_servers::{Durability, Mail, Message, Mood, Nats, Postgres, Tools, http_client};
pub use servers::{mail, own_nats, own_postgres, unique};
