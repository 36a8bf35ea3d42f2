#![doc = include_str!("../README.md")]

mod statement;

use std::{fmt::Display, str::FromStr, time::Duration};

pub use labelmesh_proto::errors::v1::Reason;
use labelmesh_proto::refusal::{Fact, Refusal, Violations};
use tonic::{Code, Status};
use tonic_types::{FieldViolation, StatusExt as _};

pub use statement::stale_connections;

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a call failed, in the words of the contract.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    reason: Reason,
    message: String,
    violations: Violations,
    facts: Vec<Fact>,
    retry_after: Option<Duration>,
    #[source]
    cause: Option<Cause>,
}

impl Error {
    /// An error with a sentence for the caller: lower case, no full stop, no internals.
    #[must_use]
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        let (message, violations, facts) = (message.into(), Violations::default(), Vec::new());
        Self { reason, message, violations, facts, retry_after: None, cause: None }
    }

    /// A field that breaks a rule; `rule` says what the value must be.
    #[must_use]
    pub fn invalid(field: impl Into<String>, rule: impl Into<String>) -> Self {
        let (field, rule) = (field.into(), rule.into());
        let mut error = Self::new(Reason::FieldInvalid, format!("{field}: {rule}"));
        error.violations.add(|| FieldViolation::new(field, rule));
        error
    }

    /// Something that does not exist, or is not the caller's to see; `what` such as "task".
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(Reason::NotFound, format!("no such {what}"))
    }

    /// A fault of ours. The cause is logged, never sent.
    #[must_use]
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self { cause: Some(cause.into()), ..Self::new(Reason::Internal, "internal error") }
    }

    /// Something that we need can't be reached: the call is worth another try. The cause is logged, never sent.
    #[must_use]
    pub fn unavailable(cause: impl Into<Cause>) -> Self {
        let error = Self::new(Reason::Unavailable, "temporarily unavailable");
        Self { cause: Some(cause.into()), retry_after: Some(Duration::from_secs(1)), ..error }
    }

    /// Says what programs may want to know beside the reason: a name of the contract, and its value.
    #[must_use]
    pub fn fact(mut self, name: &'static str, value: impl Display) -> Self {
        self.facts.push((name, value.to_string()));
        self
    }

    /// Says after how long it is worth trying again.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// Keeps a cause for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Cause>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// What became of a client's stream: a message was refused before it reached the handler, with the words of the
    /// refusal, or the stream broke off.
    #[must_use]
    pub fn of_stream(status: &Status) -> Self {
        let violations = status.get_details_bad_request().map(|request| request.field_violations).unwrap_or_default();
        Self {
            violations: violations.into_iter().collect(),
            ..Self::new(reason_of(status).unwrap_or(Reason::Unavailable), status.message())
        }
    }

    /// What went wrong, for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The reason.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }
}

/// The value of a field.
///
/// # Errors
///
/// FIELD_INVALID, with what the value's type says of a text that is none.
pub fn parse_field<T: FromStr<Err: Display>>(field: impl Into<String>, text: &str) -> Result<T> {
    text.parse().map_err(|rule: T::Err| Error::invalid(field, rule.to_string()))
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        log(&error);
        let Error { reason, message, violations, facts, retry_after, .. } = error;
        let (code, reason) = (reason.code(), reason.wire_name());
        Refusal { code, reason, message: &message, violations, facts: &facts, retry_after }.status()
    }
}

/// An error within a message: the details of a status of ours are the whole `google.rpc.Status`.
impl From<Error> for tonic_types::Status {
    fn from(error: Error) -> Self {
        prost::Message::decode(Status::from(error).details()).unwrap_or_default()
    }
}

fn log(error: &Error) {
    let Some(cause) = &error.cause else { return };
    let chain = std::iter::successors(Some(cause.as_ref() as &dyn std::error::Error), |error| error.source());
    let chain = chain.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    if error.reason == Reason::Internal {
        tracing::error!(error.reason = error.reason.wire_name(), error.cause = chain, "call failed");
    } else {
        tracing::warn!(error.reason = error.reason.wire_name(), error.cause = chain, "call failed");
    }
}

/// The reason that a status of ours carries.
#[must_use]
pub fn reason_of(status: &Status) -> Option<Reason> {
    status.get_details_error_info().and_then(|info| Reason::from_wire_name(&info.reason))
}

/// The universal reason for a code: for failures that no other reason describes better.
#[must_use]
pub fn reason_for_code(code: Code) -> Reason {
    match code {
        Code::InvalidArgument | Code::OutOfRange => Reason::Malformed,
        Code::DeadlineExceeded => Reason::DeadlineExceeded,
        Code::NotFound => Reason::NotFound,
        Code::PermissionDenied => Reason::NotAllowed,
        Code::Unauthenticated => Reason::NotSignedIn,
        Code::ResourceExhausted => Reason::Overloaded,
        Code::Unimplemented => Reason::MethodUnknown,
        Code::Aborted => Reason::Conflict,
        Code::Unavailable | Code::Cancelled => Reason::Unavailable,
        _ => Reason::Internal,
    }
}

/// The name of a code as the gRPC specification writes it, such as `NOT_FOUND`.
#[must_use]
pub fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_violation_names_the_field_and_the_rule() {
        let status = Status::from(Error::invalid("policy.max_votes", "must not be less than policy.redundancy"));
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(reason_of(&status), Some(Reason::FieldInvalid));
        let details = status.get_details_bad_request().expect("field violations");
        assert_eq!(details.field_violations[0].field, "policy.max_votes");
    }

    #[test]
    fn facts_are_told_beside_the_reason() {
        let status = Status::from(Error::new(Reason::TaskFull, "full").fact("limit", 3));
        let info = status.get_details_error_info().expect("a reason");
        assert_eq!((info.reason.as_str(), info.metadata["limit"].as_str()), ("TASK_FULL", "3"));
    }

    #[test]
    fn what_a_refused_message_of_a_stream_breaks_is_passed_on_within_a_message() {
        let refused = Status::from(Error::invalid("part.name", "must not be empty"));
        let within = tonic_types::Status::from(Error::of_stream(&refused));
        assert_eq!((within.code, within.message.as_str()), (Code::InvalidArgument as i32, refused.message()));
        assert_eq!(Status::from(Error::of_stream(&refused)).details(), refused.details());
        let broke = Error::of_stream(&Status::unknown("h2 protocol error"));
        assert_eq!(broke.reason(), Reason::Unavailable);
    }

    #[test]
    fn a_cause_never_reaches_the_caller() {
        let status = Status::from(Error::internal("password=hunter2"));
        assert_eq!((status.code(), status.message()), (Code::Internal, "internal error"));
        assert!(!String::from_utf8_lossy(status.details()).contains("hunter2"));
    }
}
