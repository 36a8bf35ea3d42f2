//! Accounts, sessions, API keys, tokens, limits and keys, without IO.

mod account;
mod act;
mod api_key;
mod attempts;
mod key_ring;
mod reset;
mod second_factor;
mod session;
mod token;

pub(crate) use account::Account;
pub(crate) use act::{Act, ActFilter, Change};
pub(crate) use api_key::{ApiKey, Holder, Wanted, one_more};
pub(crate) use attempts::{Count, Limits, Record, Subjects};
pub(crate) use key_ring::{KeyRing, Rotation, SigningKey};
pub(crate) use reset::{Reset, ResetRules, email_digest, link_invalid};
pub(crate) use second_factor::{FactorSecret, RecoveryCode, RecoveryDigest, TypedCode};
pub(crate) use session::{Origin, Session, Through};
pub(crate) use token::{Bearer, Token, TokenDigest};
