//! Why a contract, a path or a request is refused.

use http::Method;

/// A contract that can't be served: found when the transcoder is built, never later.
#[derive(Debug, thiserror::Error)]
#[error("{method}: {problem}")]
pub struct BadContract {
    /// The full name of the method, or what else is at fault.
    pub method: String,
    /// What is wrong with it.
    pub problem: String,
}

impl BadContract {
    pub(crate) fn new(method: impl Into<String>, problem: impl ToString) -> Self {
        Self { method: method.into(), problem: problem.to_string() }
    }
}

/// Why no route takes a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoRoute {
    /// The path is unknown.
    #[error("no such path")]
    UnknownPath,
    /// The path is known, but not with this method.
    #[error("the path takes other methods")]
    OtherMethods(Vec<Method>),
}

/// Why a request is refused before it is sent anywhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The body is not what it claims to be, such as broken JSON.
    #[error("{0}")]
    Malformed(String),
    /// A field, variable or parameter is unknown or has a value that it can't have.
    #[error("{field}: {rule}")]
    Field {
        /// The path of the field, such as `policy.redundancy` or `labels[2]`.
        field: String,
        /// What the value must be.
        rule: String,
    },
}

impl Refusal {
    pub(crate) fn field(field: impl Into<String>, rule: impl Into<String>) -> Self {
        Self::Field { field: field.into(), rule: rule.into() }
    }
}
