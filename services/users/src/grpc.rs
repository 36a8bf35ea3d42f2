//! The contract's face of users: thin, everything else is in `app`.

mod convert;
mod groups;
mod own_data;
mod service;

pub(crate) use groups::Groups;
pub(crate) use service::Users;
