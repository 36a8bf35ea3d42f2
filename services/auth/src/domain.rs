//! Accounts, sessions, tokens, limits and keys, without IO.

mod account;
mod attempts;
mod key_ring;
mod session;
mod token;

pub(crate) use account::Account;
pub(crate) use attempts::{Count, Limits, Record, Subjects};
pub(crate) use key_ring::{KeyRing, Rotation, SigningKey};
pub(crate) use session::{Origin, Session};
pub(crate) use token::{SessionToken, TokenDigest};
