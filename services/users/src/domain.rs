//! People and their roles, without IO.

mod confirmation;
mod group;
mod roles;
mod token;
mod user;

pub(crate) use confirmation::{Bounds, Confirmation, Confirmed, Counted};
pub(crate) use group::{
    Accepted, Bound, Changed, Code, EMAIL_VALID, Group, GroupName, Invitation, Member, Membership, NewMember, Received,
    Terms,
};
pub use roles::PublicRole;
pub(crate) use roles::Roles;
pub(crate) use token::Token;
pub(crate) use user::{Beginnings, Patch, PersonName, Profile, User, link_invalid};
