//! All SQL of users.

mod credentials;
mod users;

pub(crate) use credentials::{Credential, credential_by_email, first_hash, insert_credential};
pub(crate) use users::{administrator_exists, find, insert, list, lock_first_administrator};
