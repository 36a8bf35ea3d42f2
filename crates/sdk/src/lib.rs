#![doc = include_str!("../README.md")]

mod call;
mod client;
mod error;
mod fetch;
mod http;
pub mod json;
mod lines;
mod pages;
mod refusal;
mod retry;
mod route;
mod scheme;
mod upload;

#[path = "gen/auth.rs"]
mod auth_methods;
#[path = "gen/messages.rs"]
mod messages;
#[path = "gen/notify.rs"]
mod notify_methods;
#[path = "gen/renditions.rs"]
mod renditions_methods;
#[path = "gen/subtasks.rs"]
mod subtasks_methods;
#[path = "gen/tasks.rs"]
mod tasks_methods;
#[path = "gen/users.rs"]
mod users_methods;

pub use client::{Builder, Client, StreamForm, address};
pub use error::Error;
pub use labelmesh_proto::{
    auth::v1 as auth, notify::v1 as notify, renditions::v1 as renditions, subtasks::v1 as subtasks, tasks::v1 as tasks,
};
pub use labelmesh_proto::{
    r#type::v1::{Act, FieldChange, Role},
    users::v1 as users,
};
pub use lines::Answers;
pub use prost_types::Timestamp;
pub use refusal::{FieldViolation, Refusal};
pub use reqwest::Method as HttpMethod;
pub use retry::Retries;
pub use tonic::Code;
pub use upload::{File, Upload};
