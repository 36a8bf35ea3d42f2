//! What the server says when it refuses, and what to do about it.

use std::{error::Error, time::Duration};

use ::http::StatusCode;
use serde_json::Value;

use super::model::field;
use crate::exit::{Exit, Failure};

/// The failure that a `google.rpc.Status` in JSON is, and after how long it may have passed.
pub(super) fn refusal(http: StatusCode, status: &Value) -> (Failure, Option<Duration>) {
    let details = status["details"].as_array().map(Vec::as_slice).unwrap_or_default();
    let reason = details.iter().map(|detail| field(detail, "reason")).find(|reason| !reason.is_empty());
    let code = status["code"].as_i64().unwrap_or_else(|| code_of(http));
    let message = match (reason, field(status, "message")) {
        // The sentence is about a part of the server, which nobody outside knows.
        (Some("UNAVAILABLE"), _) => "the server can't do this at present".to_owned(),
        (_, "") => format!("the server answered {http}"),
        (_, message) => message.to_owned(),
    };
    let violations = details.iter().filter_map(|detail| detail["fieldViolations"].as_array()).flatten();
    let violations: Vec<String> = violations
        .map(|violation| {
            let (name, rule) = (field(violation, "field"), field(violation, "description"));
            let rule = match rule {
                // The rule that a text is a UUID has no words of its own.
                "" if name.ends_with("_id") => "must be an id, such as 01a213d3-0227-7f5b-b217-6d7c073c7f86",
                "" => "is not valid",
                rule => rule,
            };
            format!("{}: {}", flag(name), typed(rule))
        })
        .collect();
    // The sentence of a refused field says the same as its first violation.
    let (message, violations) = match violations.len() {
        0 => (message, violations),
        1 => (violations[0].clone(), Vec::new()),
        many => (format!("{many} fields break a rule"), violations),
    };
    let after = details.iter().find_map(|detail| seconds(field(detail, "retryDelay")));
    let failure = Failure {
        exit: exit(code, reason.unwrap_or_default()),
        message,
        details: violations,
        remedy: remedy(reason.unwrap_or_default(), after),
        reason: reason.map(str::to_owned),
    };
    (failure, after)
}

/// A field of the contract as it is typed.
fn flag(field: &str) -> String {
    match field {
        "policy.redundancy" => "--votes".into(),
        "policy.max_votes" => "--max-votes".into(),
        "policy.gold_share" => "--gold-share".into(),
        "policy.gold_accuracy" => "--gold-accuracy".into(),
        "policy.qualification" => "--qualification".into(),
        "policy.confidence" => "--confidence".into(),
        "password" => "the password".into(),
        "email" | "name" | "surname" | "title" | "instructions" => format!("--{field}"),
        "task_id" => "TASK".into(),
        "image_id" => "IMAGE".into(),
        "user_id" => "USER".into(),
        "labels" => "--labels".into(),
        field if field.starts_with("labels[") => format!("--labels ({field})"),
        field => field.to_owned(),
    }
}

/// A rule with the fields that it names as they are typed.
fn typed(rule: &str) -> String {
    let words = rule.split(' ').map(|word| if word.starts_with("policy.") { flag(word) } else { word.to_owned() });
    words.collect::<Vec<_>>().join(" ")
}

/// The kind of trouble that a gRPC code means.
fn exit(code: i64, reason: &str) -> Exit {
    match (code, reason) {
        (_, "REQUEST_TOO_LARGE") => Exit::Refused,
        (3 | 11, _) => Exit::Refused,
        (16, _) => Exit::NotSignedIn,
        (7, _) => Exit::NotAllowed,
        (5, _) => Exit::NotFound,
        (6 | 9 | 10, _) => Exit::State,
        (4 | 8 | 14, _) => Exit::Unavailable,
        _ => Exit::Unexpected,
    }
}

/// The gRPC code that is nearest where an answer has none, as from a proxy on the way.
fn code_of(http: StatusCode) -> i64 {
    match http.as_u16() {
        400 => 3,
        401 => 16,
        403 => 7,
        404 => 5,
        408 | 429 | 502..=504 => 14,
        _ => 2,
    }
}

fn remedy(reason: &str, after: Option<Duration>) -> Option<String> {
    let known = match reason {
        "NOT_SIGNED_IN" => "labelmesh login",
        "CREDENTIALS_WRONG" => "the password again, or labelmesh signup",
        "NOT_ALLOWED" => "labelmesh whoami, which shows what you may do",
        "EMAIL_TAKEN" => "labelmesh login, or another address",
        "ROLE_NOT_OPEN" => "--role client or --role operator; administrators are made by administrators",
        "TASK_NOT_DRAFT" => "labelmesh tasks create, for a new draft; a task's images are fixed when it is submitted",
        "TASK_NOT_OPEN" => "labelmesh tasks submit TASK",
        "TASK_WITHOUT_IMAGES" => "labelmesh tasks upload TASK FILES",
        "TASK_NOT_COMPLETED" => "labelmesh tasks watch TASK, until it is",
        "TASK_ENDED" => "labelmesh tasks results TASK",
        "TASK_FULL" => "labelmesh tasks create, for the rest",
        _ => return after.map(again),
    };
    Some(known.to_owned())
}

/// When to try again.
fn again(after: Duration) -> String {
    match after.as_millis().div_ceil(1000).max(1) {
        seconds @ 0..120 => format!("again in {seconds} s"),
        seconds => format!("again in {} minutes", seconds.div_ceil(60)),
    }
}

fn seconds(duration: &str) -> Option<Duration> {
    let seconds = duration.strip_suffix('s')?.parse::<f64>().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// A server that can't be reached.
pub(super) fn unreachable(base: &str, error: &hyper_util::client::legacy::Error) -> Failure {
    let failure = Failure::new(Exit::Unavailable, format!("{base} can't be reached: {}", root(error)));
    failure.remedy("--server ADDRESS, if it is somewhere else")
}

/// A connection that broke.
pub(super) fn lost(error: &(dyn Error + 'static)) -> Failure {
    Failure::new(Exit::Unavailable, format!("the connection to the server was lost: {}", root(error)))
}

/// An answer that is not what the contract says.
pub(super) fn odd(what: &str) -> Failure {
    Failure::new(Exit::Unexpected, format!("the server's answer makes no sense: {what}"))
        .remedy("--server ADDRESS, if this is not a Labelmesh gateway")
}

/// What lies at the bottom of an error.
fn root<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_refusal_names_the_field_and_the_rule() {
        let status = json!({"code": 3, "message": "2 fields are invalid", "details": [
            {"reason": "FIELD_INVALID"},
            {"fieldViolations": [
                {"field": "policy.redundancy", "description": "must be at least 1"},
                {"field": "policy.max_votes", "description": "must not be less than policy.redundancy"}
            ]}
        ]});
        let (failure, after) = refusal(StatusCode::BAD_REQUEST, &status);
        assert_eq!((failure.exit, failure.reason.as_deref(), after), (Exit::Refused, Some("FIELD_INVALID"), None));
        assert_eq!(failure.message, "2 fields break a rule");
        assert_eq!(failure.details, ["--votes: must be at least 1", "--max-votes: must not be less than --votes"]);
    }

    #[test]
    fn the_code_decides_the_exit_and_the_reason_the_remedy() {
        let status = |code: i32, reason: &str| json!({"code": code, "message": "m", "details": [{"reason": reason}]});
        let of = |code, reason| refusal(StatusCode::BAD_REQUEST, &status(code, reason)).0;
        assert_eq!(of(16, "NOT_SIGNED_IN").exit, Exit::NotSignedIn);
        assert_eq!(of(9, "TASK_NOT_DRAFT").exit, Exit::State);
        assert_eq!(of(8, "REQUEST_TOO_LARGE").exit, Exit::Refused);
        assert_eq!(of(8, "OVERLOADED").exit, Exit::Unavailable);
        assert_eq!(of(16, "NOT_SIGNED_IN").remedy.as_deref(), Some("labelmesh login"));
    }

    #[test]
    fn no_part_of_the_server_is_named() {
        let status = json!({"code": 14, "message": "tasks can't be reached", "details": [{"reason": "UNAVAILABLE"}]});
        let (failure, _) = refusal(StatusCode::SERVICE_UNAVAILABLE, &status);
        assert_eq!(failure.message, "the server can't do this at present");
    }

    #[test]
    fn a_proxy_that_knows_nothing_of_us_is_understood_too() {
        let (failure, _) = refusal(StatusCode::BAD_GATEWAY, &Value::Null);
        assert_eq!((failure.exit, failure.reason.as_deref()), (Exit::Unavailable, None));
        assert!(failure.message.contains("502"), "{failure}");
    }

    #[test]
    fn the_time_to_wait_is_read() {
        let status = json!({"code": 14, "message": "m", "details": [{"retryDelay": "1.500s"}]});
        let (failure, after) = refusal(StatusCode::SERVICE_UNAVAILABLE, &status);
        assert_eq!((after, failure.remedy.as_deref()), (Some(Duration::from_millis(1500)), Some("again in 2 s")));
        for (seconds, said) in [(0, "again in 1 s"), (119, "again in 119 s"), (841, "again in 15 minutes")] {
            assert_eq!(again(Duration::from_secs(seconds)), said);
        }
    }
}
