//! People and their roles, without IO.

mod email;
mod roles;
mod user;

pub(crate) use email::Email;
pub use roles::PublicRole;
pub(crate) use roles::Roles;
pub(crate) use user::{Beginnings, PersonName, Profile, User};
