//! People, without input and output.

mod email;
mod roles;
mod user;

pub(crate) use email::Email;
pub(crate) use roles::{PublicRole, Roles};
pub(crate) use user::{PersonName, Profile, User};
