//! What each method of the contract declares, as a static table.

use std::time::Duration;

pub use crate::methods::METHODS;
use crate::{errors::v1::Reason, options::v1::Reach, r#type::v1::Role};

/// The declared behaviour of one RPC; `labelmesh.options.v1.Rpc` says what each part means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    /// The path of the method on the wire, `/package.Service/Method`.
    pub path: &'static str,
    /// Who may call it: any one grant suffices; without any, nobody may.
    pub allow: &'static [Grant],
    /// Whether it may be repeated.
    pub idempotency: Idempotency,
    /// The deadline where the caller brings none; for a server stream, the longest silence.
    pub deadline: Duration,
    /// The longest deadline that a caller may ask for.
    pub max_deadline: Duration,
    /// The largest request message.
    pub max_request_bytes: usize,
    /// How often one user may call it.
    pub rate: Option<Rate>,
    /// How often it may be called from one network by people who have not signed in.
    pub rate_per_network: Option<Rate>,
    /// The reasons with which it may fail beyond the universal ones.
    pub fails_with: &'static [Reason],
    /// Whether requests are a stream.
    pub streams_in: bool,
    /// Whether answers are a stream.
    pub streams_out: bool,
    /// Whether it has a REST route, without which it can't be reached from outside.
    pub routed: bool,
    /// Whether each call is a line of the security log.
    pub recorded: bool,
    /// Where the id of what is acted on stands, if it is recorded and there is one.
    pub subject: Option<Subject>,
}

/// Where the id of what a call acts on stands: the numbers of the fields that lead to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// In the request.
    Request(&'static [u32]),
    /// In the answer: it is made by the call.
    Answer(&'static [u32]),
}

impl Method {
    /// The package of the method, such as `labelmesh.tasks.v1`.
    #[must_use]
    pub fn package(&self) -> &'static str {
        let service = self.service();
        service.rsplit_once('.').map_or("", |(package, _)| package)
    }

    /// The name of the service that has the method, such as `tasks`: of its binary, its tokens, its events.
    #[must_use]
    pub fn owner(&self) -> &'static str {
        self.package().split('.').nth(1).unwrap_or_default()
    }

    /// Whether somebody who is signed in may call it, as far as the contract says.
    #[must_use]
    pub fn is_for_users(&self) -> bool {
        self.allow.iter().any(|grant| !matches!(grant.who, Who::Service(_)))
    }

    /// The full name of the method's service, such as `labelmesh.tasks.v1.TaskService`.
    #[must_use]
    pub fn service(&self) -> &'static str {
        self.path[1..].split_once('/').map_or("", |(service, _)| service)
    }

    /// The short name, such as `CreateTask`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.path.rsplit_once('/').map_or("", |(_, name)| name)
    }
}

/// One way of being allowed to call an RPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// Who the caller must be.
    pub who: Who,
    /// How far the permission reaches.
    pub reach: Reach,
    /// Whether the user must call through a session: an API key does not do.
    pub by_session: bool,
    /// Whether a user whose e-mail address is not confirmed may call, too.
    pub unconfirmed: bool,
}

/// Who a caller must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anyone, signed in or not.
    Anyone,
    /// Any user who is signed in.
    SignedIn,
    /// Whoever is signed in no longer, or never was.
    SignedOut,
    /// A user with this role.
    Role(Role),
    /// The service of this name, on its own behalf.
    Service(&'static str),
}

/// Whether a call may be repeated without harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idempotency {
    /// Nothing is known: a call whose fate is unknown must not be repeated.
    Unknown,
    /// It only reads.
    NoSideEffects,
    /// Doing it twice is the same as doing it once.
    Idempotent,
}

impl Idempotency {
    /// Whether a call whose fate is unknown may be made again.
    #[must_use]
    pub fn is_repeatable(self) -> bool {
        self != Self::Unknown
    }
}

/// How often something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Calls per minute that are sustained.
    pub per_minute: u32,
    /// Calls that may come at once.
    pub burst: u32,
}

/// The method at a path such as `/labelmesh.tasks.v1.TaskService/GetTask`.
#[must_use]
pub fn find(path: &str) -> Option<&'static Method> {
    METHODS.binary_search_by(|method| method.path.cmp(path)).ok().map(|index| &METHODS[index])
}

/// The names of the services that people may call, in their order: each is an audience of user tokens.
#[must_use]
pub fn services_for_users() -> Vec<&'static str> {
    let mut names: Vec<_> = METHODS.iter().filter(|method| method.is_for_users()).map(Method::owner).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_may_call_all_services_with_data() {
        assert_eq!(services_for_users(), ["auth", "notify", "renditions", "subtasks", "tasks", "users"]);
    }

    #[test]
    fn every_method_is_found_by_its_path() {
        assert!(!METHODS.is_empty());
        for method in METHODS {
            assert_eq!(find(method.path), Some(method));
        }
        assert_eq!(find("/labelmesh.tasks.v1.TaskService/None"), None);
    }

    #[test]
    fn the_parts_of_a_path() {
        let method = find("/labelmesh.tasks.v1.TaskService/GetTask").expect("in the contract");
        assert_eq!(
            (method.package(), method.service(), method.name()),
            ("labelmesh.tasks.v1", "labelmesh.tasks.v1.TaskService", "GetTask")
        );
    }
}
