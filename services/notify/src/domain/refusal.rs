//! Why something was not taken by the server that is to send it on.

/// Why a mail or a text message was not accepted. The texts have codes alone: the words of a server may hold the
/// recipient's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// It will never be accepted: that is its own fault.
    #[error("refused for good: {0}")]
    ForGood(String),
    /// It is not accepted now, for a reason of its own or of its recipient.
    #[error("put off: {0}")]
    ForNow(String),
    /// Nothing can be sent at present.
    #[error("the server can't be used: {0}")]
    NoServer(String),
}
