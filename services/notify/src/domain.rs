//! What is told to whom and in which words, without IO.

mod backoff;
mod delivery;
mod mail;
mod notice;
mod origin;
mod strangers;

pub(crate) use backoff::Backoff;
pub(crate) use delivery::DeliveryRules;
pub(crate) use mail::{Contact, Mail};
pub(crate) use notice::{Kind, LoggedIn, Notice, OperatorPaused, TaskCompleted, Words};
pub(crate) use origin::Origin;
