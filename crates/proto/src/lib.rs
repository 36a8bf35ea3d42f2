#![doc = include_str!("../README.md")]

pub mod act;
pub mod body;
pub mod codec;
pub mod event;
pub mod method;
pub mod refusal;
pub mod text;
mod time;

#[allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::allow_attributes,
    clippy::too_many_lines,
    reason = "generated: its documentation is that of the contract"
)]
mod messages {
    include!("gen/messages.rs");
}

#[allow(clippy::all, clippy::allow_attributes, clippy::too_many_lines, unused, reason = "generated")]
mod validation {
    use crate::messages::{google, labelmesh};

    include!("gen/validation.rs");
}

#[path = "gen/events.rs"]
mod events;
#[path = "gen/methods.rs"]
mod methods;
#[path = "gen/reasons.rs"]
#[expect(clippy::too_many_lines, reason = "generated: a line for each reason")]
mod reasons;
#[path = "gen/redacted.rs"]
mod redacted;
#[path = "gen/texts.rs"]
mod texts;

pub use messages::{google, labelmesh::*};
pub use prost_protovalidate::{Validate, ValidationError};
pub use time::{time, timestamp};

/// The encoded `google.protobuf.FileDescriptorSet` of the contract with all its imports and options.
pub const DESCRIPTORS: &[u8] = include_bytes!("gen/descriptors.binpb");
