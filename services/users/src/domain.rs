//! People and their roles, without IO.

mod roles;
mod user;

pub use roles::PublicRole;
pub(crate) use roles::Roles;
pub(crate) use user::{Beginnings, Patch, PersonName, Profile, User};
