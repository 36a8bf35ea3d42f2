//! People and their roles, without IO.

mod group;
mod roles;
mod user;

pub(crate) use group::{
    Accepted, Bound, Changed, Code, EMAIL_VALID, Group, GroupName, Invitation, Member, Membership, NewMember, Received,
    Terms,
};
pub use roles::PublicRole;
pub(crate) use roles::Roles;
pub(crate) use user::{Beginnings, Patch, PersonName, Profile, User};
