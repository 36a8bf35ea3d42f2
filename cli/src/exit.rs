//! How a command ends: one code a kind of trouble, so that scripts can tell them apart.

use std::{fmt, io, path::Path, process::ExitCode};

use serde_json::{Value, json};

use crate::output::shortened;

/// The kinds of trouble, each with its exit code. They are part of what is promised; the README lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Whoever reads our output has seen enough, as `head` has: nothing went wrong, and nothing is said.
    Unread = 0,
    /// Something unexpected, of ours or the server's.
    Unexpected = 1,
    /// The command line is wrong.
    Usage = 2,
    /// Not signed in, or no longer.
    NotSignedIn = 3,
    /// Signed in, but may not do that.
    NotAllowed = 4,
    /// There is no such thing, or it is somebody else's.
    NotFound = 5,
    /// What was given breaks a rule: a field, a file, a line.
    Refused = 6,
    /// It can't be done as things stand, such as uploading to a task that is not a draft.
    State = 7,
    /// The server can't be reached or has no time; trying again later may help.
    Unavailable = 8,
    /// Ended by Ctrl-C or a signal.
    Interrupted = 130,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command failed, for people and for programs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// One sentence, lower case, without a full stop.
    pub(crate) message: String,
    /// What exactly: a line for each field or file.
    pub(crate) details: Vec<String>,
    /// What to do about it.
    pub(crate) remedy: Option<String>,
    /// The reason of the contract, such as `TASK_NOT_DRAFT`, where a server gave one.
    pub(crate) reason: Option<String>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), details: Vec::new(), remedy: None, reason: None }
    }

    /// Ctrl-C, or a request to end.
    pub(crate) fn interrupted() -> Self {
        Self::new(Exit::Interrupted, "interrupted")
    }

    /// The same with what to do about it.
    pub(crate) fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    /// A file that can't be read or written.
    pub(crate) fn file(path: &Path, error: &io::Error) -> Self {
        let exit = if error.kind() == io::ErrorKind::NotFound { Exit::NotFound } else { Exit::Refused };
        Self::new(exit, format!("{}: {error}", path.display()))
    }

    /// Whether the server gave this reason.
    pub(crate) fn is(&self, reason: &str) -> bool {
        self.reason.as_deref() == Some(reason)
    }

    /// Whether the same call may succeed in a moment.
    pub(crate) fn is_passing(&self) -> bool {
        self.is("CONFLICT") || self.exit == Exit::Unavailable && !self.is("TOO_MANY_ATTEMPTS")
    }

    /// As one JSON object; what is not known is null.
    pub(crate) fn json(&self) -> Value {
        json!({"error": {
            "exitCode": self.exit as u8,
            "reason": self.reason,
            "message": self.message,
            "details": self.details,
            "remedy": self.remedy,
        }})
    }
}

/// As people read it: without most of very many details.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        for detail in shortened(self.details.iter().cloned()) {
            write!(f, "\n  {detail}")?;
        }
        match &self.remedy {
            Some(remedy) => write!(f, "\n  try: {remedy}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        let exit = match error.kind() {
            io::ErrorKind::BrokenPipe => Exit::Unread,
            io::ErrorKind::InvalidData => Exit::Refused,
            _ => Exit::Unexpected,
        };
        Self::new(exit, format!("input or output failed: {error}"))
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        let text = error.render().to_string();
        let mut lines = text.lines().map(str::trim).take_while(|line| !line.is_empty());
        let message = lines.next().unwrap_or_default().trim_start_matches("error: ").trim_end_matches(':');
        let details = lines.map(str::to_owned).collect();
        Self { details, ..Self::new(Exit::Usage, message) }.remedy("the command with --help")
    }
}

impl From<csv::Error> for Failure {
    fn from(error: csv::Error) -> Self {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => error.into(),
            other => Self::new(Exit::Unexpected, format!("input or output failed: {other:?}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_of_a_failure_is_null() {
        let error = &Failure::new(Exit::Refused, "no").json()["error"];
        assert_eq!((&error["reason"], &error["remedy"], &error["details"]), (&Value::Null, &Value::Null, &json!([])));
        let known = Failure { reason: Some("TASK_FULL".into()), ..Failure::new(Exit::State, "no") }.remedy("less");
        let error = &known.json()["error"];
        assert_eq!((&error["reason"], &error["remedy"]), (&json!("TASK_FULL"), &json!("less")));
    }

    #[test]
    fn people_read_some_details_and_programs_all() {
        let details: Vec<String> = (1..=30).map(|line| format!("f, line {line}: no")).collect();
        let failure = Failure { details, ..Failure::new(Exit::Refused, "30 lines were not taken") };
        let text = failure.to_string();
        assert!(text.contains("line 20: no\n  and 10 more (--json names all)") && !text.contains("line 21"), "{text}");
        assert_eq!(failure.json()["error"]["details"].as_array().map(Vec::len), Some(30));
    }
}
