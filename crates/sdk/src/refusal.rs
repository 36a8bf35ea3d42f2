//! What a server says when it refuses: a `google.rpc.Status` as JSON.

use std::{fmt, time::Duration};

use serde_json::Value;
use tonic::Code;
use tonic_types::Status;

use crate::json;

/// What a server said when it refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The kind of trouble.
    pub code: Code,
    /// The HTTP status; none within an answer, as of one file of many.
    pub http_status: Option<u16>,
    /// A sentence for people; empty where the server is none of ours.
    pub message: String,
    /// The reason of the contract, such as `TASK_NOT_DRAFT`; empty where there is none.
    pub reason: String,
    /// The fields that break a rule: the first 20.
    pub fields: Vec<FieldViolation>,
    /// How many rules are broken in all.
    pub violations: usize,
    /// After how long it is worth trying again, where the server says so.
    pub retry_after: Option<Duration>,
}

/// A field that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldViolation {
    /// Its path, such as `policy.redundancy`.
    pub field: String,
    /// The rule; empty where it has no words of its own, as that of a UUID.
    pub rule: String,
}

impl Refusal {
    /// From the status, the header `Retry-After` and the body of an answer, which may be that of a proxy.
    pub(crate) fn of_answer(http_status: u16, retry_after: Option<&str>, body: &[u8]) -> Self {
        let json = serde_json::from_slice(body).unwrap_or_default();
        let mut refusal = Self::of_json(&json);
        if json["code"].as_i64().is_none() {
            refusal.code = code_of(http_status);
        }
        let header = || retry_after?.parse().ok().map(Duration::from_secs);
        refusal.http_status = Some(http_status);
        refusal.retry_after = refusal.retry_after.or_else(header);
        refusal
    }

    /// From a `google.rpc.Status` as JSON.
    pub(crate) fn of_json(status: &Value) -> Self {
        let details = status["details"].as_array().map(Vec::as_slice).unwrap_or_default();
        let told = details.iter().filter_map(|detail| detail["fieldViolations"].as_array()).flatten();
        let told = told
            .map(|violation| FieldViolation { field: text(violation, "field"), rule: text(violation, "description") });
        let fields: Vec<_> = told.collect();
        let counted = details.iter().find_map(|detail| detail["metadata"]["violations"].as_str()?.parse().ok());
        let reason = details.iter().map(|detail| text(detail, "reason")).find(|reason| !reason.is_empty());
        Self {
            code: Code::from_i32(status["code"].as_i64().and_then(|code| code.try_into().ok()).unwrap_or_default()),
            http_status: None,
            message: text(status, "message"),
            reason: reason.unwrap_or_default(),
            violations: counted.unwrap_or(fields.len()),
            fields,
            retry_after: details.iter().find_map(|detail| seconds(&text(detail, "retryDelay"))),
        }
    }

    /// Whether the same call may succeed in a moment.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self.reason.as_str() {
            "CONFLICT" => true,
            "TOO_MANY_ATTEMPTS" | "REQUEST_TOO_LARGE" | "QUOTA_USED_UP" => false,
            _ => matches!(self.code, Code::DeadlineExceeded | Code::ResourceExhausted | Code::Unavailable),
        }
    }
}

/// What is said within an answer, as of one file of many.
impl From<&Status> for Refusal {
    fn from(status: &Status) -> Self {
        let plain = || serde_json::json!({"code": status.code, "message": status.message});
        Self::of_json(&json::named("google.rpc.Status", status).unwrap_or_else(|_| plain()))
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.http_status, self.message.as_str()) {
            (Some(status), "") => write!(f, "the server answered {status}")?,
            (Some(status), message) => write!(f, "{status}: {message}")?,
            (None, message) => write!(f, "{message}")?,
        }
        if !self.reason.is_empty() {
            write!(f, " [{}]", self.reason)?;
        }
        self.fields.iter().try_for_each(|violation| write!(f, "; {}: {}", violation.field, violation.rule))
    }
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}

fn seconds(duration: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(duration.strip_suffix('s')?.parse().ok()?).ok()
}

/// The code that is nearest where an answer has none, as from a proxy on the way.
fn code_of(http_status: u16) -> Code {
    match http_status {
        400 => Code::InvalidArgument,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 => Code::NotFound,
        408 | 429 | 502..=504 => Code::Unavailable,
        _ => Code::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_said_is_read() {
        let body = br#"{"code": 3, "message": "no", "details": [{"reason": "FIELD_INVALID"},
            {"fieldViolations": [{"field": "policy.redundancy", "description": "must be at least 1"}]},
            {"retryDelay": "1.500s"}]}"#;
        let refusal = Refusal::of_answer(400, Some("2"), body);
        assert_eq!((refusal.code, refusal.reason.as_str()), (Code::InvalidArgument, "FIELD_INVALID"));
        assert_eq!(refusal.fields[0].rule, "must be at least 1");
        assert_eq!(refusal.retry_after, Some(Duration::from_millis(1500)), "the body is more exact than the header");
        assert_eq!(refusal.to_string(), "400: no [FIELD_INVALID]; policy.redundancy: must be at least 1");
    }

    #[test]
    fn a_proxy_that_knows_nothing_of_us_is_understood_too() {
        let refusal = Refusal::of_answer(502, Some("7"), b"<html>");
        assert_eq!((refusal.code, refusal.retry_after), (Code::Unavailable, Some(Duration::from_secs(7))));
        assert!(refusal.is_passing() && refusal.to_string().contains("502"));
    }

    #[test]
    fn what_will_not_pass_is_not_repeated() {
        let refusal = |code: i32, reason: &str| {
            Refusal::of_json(&serde_json::json!({"code": code, "details": [{"reason": reason}]}))
        };
        assert!(refusal(14, "UNAVAILABLE").is_passing() && refusal(10, "CONFLICT").is_passing());
        assert!(!refusal(8, "TOO_MANY_ATTEMPTS").is_passing() && !refusal(8, "REQUEST_TOO_LARGE").is_passing());
        assert!(!refusal(6, "EMAIL_TAKEN").is_passing());
    }
}
