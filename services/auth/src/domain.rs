//! Accounts, sessions, API keys, tokens, limits and keys, without IO.

mod account;
mod api_key;
mod attempts;
mod key_ring;
mod session;
mod token;

pub(crate) use account::Account;
pub(crate) use api_key::{ApiKey, Wanted, one_more};
pub(crate) use attempts::{Count, Limits, Record, Subjects};
pub(crate) use key_ring::{KeyRing, Rotation, SigningKey};
pub(crate) use session::{Origin, Session, Through};
pub(crate) use token::{Bearer, Token, TokenDigest};
