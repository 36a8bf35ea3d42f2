//! What the server says when it refuses, and what to do about it, in the words of the command line.

use std::time::Duration;

use labelmesh_sdk::{Code, Error, FieldViolation, Refusal};

use crate::exit::{Exit, Failure};

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Refused { refusal, .. } | Error::Broken { refusal, .. } => (*refusal).into(),
            Error::Unreachable { .. } => {
                Self::new(Exit::Unavailable, message).remedy("--server ADDRESS, if it is somewhere else")
            }
            Error::Lost { source, .. } => Self::new(
                Exit::Unavailable,
                format!("the connection to the server was lost: {}", root(source.as_ref())),
            ),
            Error::Silent { patience, .. } => {
                Self::new(Exit::Unavailable, format!("the server did not answer within {} s", patience.as_secs()))
            }
            Error::WithoutTls(server) => Self::new(Exit::Usage, format!("{message}, so probably the address is wrong"))
                .remedy(format!("--server {}", server.replacen("https:", "http:", 1))),
            Error::WantsTls(server) => Self::new(Exit::Usage, format!("{message}, so probably it wants TLS"))
                .remedy(format!("--server {}", server.replacen("http:", "https:", 1))),
            Error::Odd { what, .. } => {
                Self::new(Exit::Unexpected, format!("the server's answer makes no sense: {what}"))
                    .remedy("--server ADDRESS, if this is not a Labelmesh gateway")
            }
            Error::Address(_) => Self::new(Exit::Usage, message)
                .remedy("an address such as https://labels.example or http://127.0.0.1:8080"),
            Error::Certificates(_) => Self::new(Exit::Unavailable, message),
            _ => Self::new(Exit::Unexpected, message),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let Refusal { code, http_status, message, reason, fields, violations: count, retry_after } = refusal;
        let message = match (reason.as_str(), message.as_str()) {
            // The sentence is about a part of the server, which nobody outside knows.
            ("UNAVAILABLE", _) => "the server can't do this at present".to_owned(),
            (_, "") => format!("the server answered {}", http_status.unwrap_or_default()),
            _ => message,
        };
        let mut violations: Vec<String> = fields.iter().map(violation).collect();
        // The sentence of a refused field says the same as its first violation.
        let message = match (violations.len(), count) {
            (0, _) => message,
            (1, 1) => violations.remove(0),
            (told, many) if told < many => format!("{many} fields break a rule; the first {told}"),
            (_, many) => format!("{many} fields break a rule"),
        };
        Self {
            exit: exit(code, &reason),
            message,
            details: violations,
            remedy: remedy(&reason, retry_after),
            reason: Some(reason).filter(|reason| !reason.is_empty()),
        }
    }
}

fn violation(FieldViolation { field, rule }: &FieldViolation) -> String {
    let rule = match rule.as_str() {
        // The rule that a text is a UUID has no words of its own.
        "" if field.ends_with("_id") => "must be an id, such as 01a213d3-0227-7f5b-b217-6d7c073c7f86",
        "" => "is not valid",
        rule => rule,
    };
    format!("{}: {}", flag(field), typed(rule))
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
        "transformation_id" => "ID".into(),
        "batch_id" => "--batch".into(),
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

/// The kind of trouble that a code means.
fn exit(code: Code, reason: &str) -> Exit {
    match code {
        _ if reason == "REQUEST_TOO_LARGE" => Exit::Refused,
        _ if reason == "QUOTA_USED_UP" => Exit::State,
        Code::InvalidArgument | Code::OutOfRange => Exit::Refused,
        Code::Unauthenticated => Exit::NotSignedIn,
        Code::PermissionDenied => Exit::NotAllowed,
        Code::NotFound => Exit::NotFound,
        Code::AlreadyExists | Code::FailedPrecondition | Code::Aborted => Exit::State,
        Code::DeadlineExceeded | Code::ResourceExhausted | Code::Unavailable => Exit::Unavailable,
        _ => Exit::Unexpected,
    }
}

fn remedy(reason: &str, after: Option<Duration>) -> Option<String> {
    let known = match reason {
        "NOT_SIGNED_IN" => "labelmesh login",
        "CREDENTIALS_WRONG" => "the password again, labelmesh password forgot EMAIL, or labelmesh signup",
        "EMAIL_UNCONFIRMED" => "labelmesh users confirm TOKEN, with the one from your mail, or labelmesh users resend",
        "LINK_INVALID" => "the newest mail, or another one: labelmesh users resend, labelmesh password forgot EMAIL",
        "NOT_ALLOWED" => "labelmesh whoami, which shows what you may do",
        "CODE_WRONG" => "the code that is shown next, or a recovery code",
        "SECOND_FACTOR_ON" => "labelmesh second-factor off",
        "ACCOUNT_BLOCKED" => "whoever administers this server",
        "ETAG_MISMATCH" => "the same again: it was changed in between",
        "LAST_ADMINISTRATOR" => "labelmesh users update USER --grant administrator, for somebody else first",
        "PASSWORD_WRONG" => "the password with which you sign in at present",
        "EMAIL_TAKEN" => "labelmesh login, or another address",
        "ROLE_NOT_OPEN" => "--role client or --role operator; administrators are made by administrators",
        "TASK_NOT_DRAFT" => "labelmesh tasks create, for a new draft; a task's images are fixed when it is submitted",
        "TASK_NOT_OPEN" => "labelmesh tasks submit TASK",
        "TASK_OPEN" => "labelmesh tasks cancel TASK, or labelmesh tasks finish TASK, before it is deleted",
        "TASK_WITHOUT_IMAGES" => "labelmesh tasks upload TASK FILES",
        "TASK_NOT_COMPLETED" => "labelmesh tasks watch TASK, until it is",
        "TASK_ENDED" => "labelmesh tasks results TASK",
        "QUOTA_USED_UP" => "labelmesh tasks usage, which shows what there is room for",
        "TOO_MANY_TRANSFORMATIONS" => "the same again, when some have ended: labelmesh pictures list",
        "TRANSFORMATION_ENDED" => "labelmesh pictures show ID",
        "RENDITION_NOT_READY" => "labelmesh pictures show ID, until it has succeeded",
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

/// What lies at the bottom of an error.
fn root<'a>(error: &'a (dyn std::error::Error + 'static)) -> &'a (dyn std::error::Error + 'static) {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: Code, reason: &str) -> Refusal {
        let (reason, message) = (reason.to_owned(), "m".to_owned());
        Refusal { code, http_status: Some(400), message, reason, fields: Vec::new(), violations: 0, retry_after: None }
    }

    #[test]
    fn a_refusal_names_the_field_and_the_rule() {
        let violation = |field: &str, rule: &str| FieldViolation { field: field.into(), rule: rule.into() };
        let fields = vec![
            violation("policy.redundancy", "must be at least 1"),
            violation("policy.max_votes", "must not be less than policy.redundancy"),
        ];
        let refused = Refusal { fields, violations: 2, ..refusal(Code::InvalidArgument, "FIELD_INVALID") };
        let failure = Failure::from(refused.clone());
        assert_eq!((failure.exit, failure.reason.as_deref()), (Exit::Refused, Some("FIELD_INVALID")));
        assert_eq!(failure.message, "2 fields break a rule");
        assert_eq!(failure.details, ["--votes: must be at least 1", "--max-votes: must not be less than --votes"]);
        let failure = Failure::from(Refusal { violations: 300, ..refused });
        assert_eq!(failure.message, "300 fields break a rule; the first 2");
    }

    #[test]
    fn the_code_decides_the_exit_and_the_reason_the_remedy() {
        let of = |code, reason| Failure::from(refusal(code, reason));
        assert_eq!(of(Code::Unauthenticated, "NOT_SIGNED_IN").exit, Exit::NotSignedIn);
        assert_eq!(of(Code::FailedPrecondition, "TASK_NOT_DRAFT").exit, Exit::State);
        assert_eq!(of(Code::ResourceExhausted, "REQUEST_TOO_LARGE").exit, Exit::Refused);
        assert_eq!(of(Code::ResourceExhausted, "QUOTA_USED_UP").exit, Exit::State);
        assert_eq!(of(Code::ResourceExhausted, "OVERLOADED").exit, Exit::Unavailable);
        assert_eq!(of(Code::Unauthenticated, "NOT_SIGNED_IN").remedy.as_deref(), Some("labelmesh login"));
    }

    #[test]
    fn no_part_of_the_server_is_named() {
        let failure = Failure::from(refusal(Code::Unavailable, "UNAVAILABLE"));
        assert_eq!(failure.message, "the server can't do this at present");
    }

    #[test]
    fn a_proxy_that_knows_nothing_of_us_is_understood_too() {
        let (message, http_status) = (String::new(), Some(502));
        let failure = Failure::from(Refusal { message, http_status, ..refusal(Code::Unavailable, "") });
        assert_eq!((failure.exit, failure.reason.as_deref()), (Exit::Unavailable, None));
        assert!(failure.message.contains("502"), "{failure}");
    }

    #[test]
    fn when_to_try_again_is_told() {
        let retry_after = Some(Duration::from_millis(1500));
        let failure = Failure::from(Refusal { retry_after, ..refusal(Code::Unavailable, "") });
        assert_eq!(failure.remedy.as_deref(), Some("again in 2 s"));
        for (seconds, said) in [(0, "again in 1 s"), (119, "again in 119 s"), (841, "again in 15 minutes")] {
            assert_eq!(again(Duration::from_secs(seconds)), said);
        }
    }
}
