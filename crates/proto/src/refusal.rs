//! What a refusal says, and how much of it: the one place where a status gets its bounds.
//!
//! A status travels in headers. Whoever gets more headers than it takes resets the stream, or ends the connection with
//! the streams of everybody else on it. A request can break a rule as often as it has room for, and a name in it can be
//! as long as the request. So whatever is refused, for whatever reason: message and details together stay below 4 KiB,
//! and the trailers that carry them, encoded, below 8 KiB.

use std::{collections::HashMap, time::Duration};

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

use crate::codec::DOMAIN;

/// Message and details of a status are together smaller than this, in bytes.
pub const LARGEST: usize = 4096;
/// The key in the metadata of `google.rpc.ErrorInfo` that says how many rules are broken, where not all are told.
pub const VIOLATIONS: &str = "violations";

/// The longest message, in bytes. In a header what is no ASCII takes three times as many.
const MESSAGE: usize = 512;
/// The longest name of a reason, of a field, the longest rule, and the longest fact.
const REASON: usize = 64;
const FIELD: usize = 200;
const RULE: usize = 300;
const FACT: usize = 64;
/// How many violations are told.
const TOLD: usize = 20;

/// The rules of fields that a request breaks: the first ones, and how many they are.
#[derive(Debug, Clone, Default)]
pub struct Violations {
    told: Vec<FieldViolation>,
    count: usize,
}

impl Violations {
    /// One more; its words are made only if they will be told.
    pub fn add(&mut self, violation: impl FnOnce() -> FieldViolation) {
        self.count += 1;
        if self.told.len() < TOLD {
            let FieldViolation { field, description, .. } = violation();
            self.told.push(FieldViolation::new(cut(&field, FIELD), cut(&description, RULE)));
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The first ones.
    #[must_use]
    pub fn told(&self) -> &[FieldViolation] {
        &self.told
    }
}

impl FromIterator<FieldViolation> for Violations {
    fn from_iter<T: IntoIterator<Item = FieldViolation>>(all: T) -> Self {
        let mut violations = Self::default();
        all.into_iter().for_each(|violation| violations.add(|| violation));
        violations
    }
}

/// Something that programs may want to know: its name in the contract, and a number.
pub type Fact = (&'static str, String);

/// Why a call is refused.
#[derive(Debug)]
pub struct Refusal<'a> {
    /// The code of the reason.
    pub code: Code,
    /// The name of the reason in `google.rpc.ErrorInfo`.
    pub reason: &'a str,
    /// A sentence for people.
    pub message: &'a str,
    /// The rules of fields that are broken.
    pub violations: Violations,
    /// What programs may want to know beside the reason, in the metadata of `google.rpc.ErrorInfo`.
    pub facts: &'a [Fact],
    /// After how long it is worth trying again.
    pub retry_after: Option<Duration>,
}

impl Refusal<'_> {
    /// The status that says so, within its bounds. Of what is too much the last violations are left out first.
    #[must_use]
    pub fn status(mut self) -> Status {
        loop {
            let status = self.told();
            if fits(&status) || self.violations.told.pop().is_none() {
                return status;
            }
        }
    }

    /// The status with the violations that are still to be told.
    fn told(&self) -> Status {
        let Violations { told, count } = &self.violations;
        let mut details = ErrorDetails::new();
        let untold = count - told.len();
        let facts = self.facts.iter().map(|(name, value)| ((*name).to_owned(), cut(value, FACT)));
        let mut metadata: HashMap<_, _> = facts.collect();
        let more = if untold == 0 { String::new() } else { format!(" (and {untold} more)") };
        if untold > 0 {
            metadata.insert(VIOLATIONS.to_owned(), count.to_string());
        }
        details.set_error_info(cut(self.reason, REASON), DOMAIN, metadata);
        if !told.is_empty() {
            details.set_bad_request(told.clone());
        }
        if self.retry_after.is_some() {
            details.set_retry_info(self.retry_after);
        }
        let message = cut(self.message, MESSAGE - more.len()) + &more;
        Status::with_error_details(self.code, message, details)
    }
}

/// The same status within its bounds, for one that did not begin as a [`Refusal`]. What is cut keeps its reason, its
/// violations and when to come back.
#[must_use]
pub fn bounded(status: Status) -> Status {
    if fits(&status) {
        return status;
    }
    let broken = status.get_details_bad_request().map(|request| request.field_violations).unwrap_or_default();
    let refusal = Refusal {
        code: status.code(),
        reason: &status.get_details_error_info().map(|info| info.reason).unwrap_or_default(),
        message: status.message(),
        violations: broken.into_iter().collect(),
        facts: &[],
        retry_after: status.get_details_retry_info().and_then(|info| info.retry_delay),
    };
    refusal.status()
}

fn fits(status: &Status) -> bool {
    status.message().len() <= MESSAGE && status.message().len() + status.details().len() < LARGEST
}

/// At most so many bytes of a text.
fn cut(text: &str, most: usize) -> String {
    const CUT: &str = "…";
    if text.len() <= most {
        return text.to_owned();
    }
    text[..text.floor_char_boundary(most - CUT.len())].to_owned() + CUT
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use proptest::prelude::*;

    use super::*;

    /// What headers count for, by the rule for SETTINGS_MAX_HEADER_LIST_SIZE (RFC 9113, 6.5.2).
    fn list_size(status: &Status) -> usize {
        let mut headers = HeaderMap::new();
        status.add_header(&mut headers).expect("it fits in headers");
        headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 32).sum()
    }

    fn assert_bounds(status: &Status) {
        assert!(fits(status), "{} + {} bytes", status.message().len(), status.details().len());
        assert!(list_size(status) < 8192, "{} bytes of headers", list_size(status));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn whatever_is_refused_fits_in_headers(
            message in "\\PC{0,2000}",
            violations in prop::collection::vec(("\\PC{0,400}", "\\PC{0,600}"), 0..60),
            seconds in proptest::option::of(any::<u32>()),
        ) {
            let broken = || violations.iter().map(|(field, rule)| FieldViolation::new(field, rule));
            let retry_after = seconds.map(|seconds| Duration::from_secs(seconds.into()));
            let violations = broken().collect();
            let refusal = Refusal { code: Code::InvalidArgument, reason: "R", message: &message, violations, facts: &[], retry_after };
            let status = refusal.status();
            assert_bounds(&status);
            let told = status.get_details_bad_request().map_or(0, |request| request.field_violations.len());
            let metadata = status.get_details_error_info().expect("it has a reason").metadata;
            let count = metadata.get(VIOLATIONS).map_or(told, |count| count.parse().expect("a number"));
            prop_assert_eq!(count, broken().count());
            prop_assert_eq!(status.get_details_retry_info().and_then(|info| info.retry_delay), retry_after);

            let mut details = ErrorDetails::with_bad_request(broken().collect::<Vec<_>>());
            details.set_debug_info(vec![message.clone(); 9], message.clone());
            details.set_error_info("R", DOMAIN, HashMap::from([(message.clone(), message.clone())]));
            let foreign = bounded(Status::with_error_details(Code::Unknown, &message, details));
            assert_bounds(&foreign);
            let reason = foreign.get_details_error_info().map(|info| info.reason);
            prop_assert_eq!(reason.as_deref(), Some("R"));
        }
    }

    #[test]
    fn the_first_twenty_violations_are_told_and_how_many_more_there_are() {
        let violations =
            (0..300).map(|index| FieldViolation::new(format!("roles[{index}]"), "must not be so")).collect();
        let message = "roles[0]: must not be so";
        let refusal =
            Refusal { code: Code::InvalidArgument, reason: "R", message, violations, facts: &[], retry_after: None };
        let status = refusal.status();
        let told = status.get_details_bad_request().expect("violations").field_violations;
        assert_eq!((told.len(), told[19].field.as_str()), (20, "roles[19]"));
        assert_eq!(status.message(), "roles[0]: must not be so (and 280 more)");
        assert_eq!(status.get_details_error_info().expect("a reason").metadata[VIOLATIONS], "300");
    }

    #[test]
    fn what_is_small_enough_stays_as_it_is() {
        let status = Status::not_found("no such task");
        assert_eq!(bounded(status.clone()).message(), "no such task");
        assert_eq!(bounded(status).details(), Status::not_found("").details());
    }
}
