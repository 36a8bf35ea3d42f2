#![doc = include_str!("../README.md")]

mod error;
mod json;
mod parameter;
mod request;
mod route;
mod status;
mod template;
mod transcoder;

pub use error::{BadContract, NoRoute, Refusal};
pub use json::{from_json, to_json};
pub use route::{Body, Resumption, Route};
pub use status::{code_of_http_status, http_status};
pub use transcoder::{Found, Transcoder};
