//! The codec of every client and server: Protobuf whose field rules are checked where it is decoded.
//!
//! A layer around a server sees only bytes. Here every message passes, each one of a client's stream too.

use std::marker::PhantomData;

use bytes::Buf as _;
use prost::Message;
use prost_protovalidate::{Validate, ValidationError, Violation};
use tonic::{
    Status,
    codec::{Codec, DecodeBuf, Decoder},
};
use tonic_prost::ProstEncoder;
use tonic_types::FieldViolation;

use crate::{
    errors::v1::Reason,
    refusal::{Refusal, Violations},
    text::{Look, Texts},
};

/// Encodes with prost; decodes with prost, then checks the rules of the fields and what their texts hold.
#[derive(Debug, Clone)]
pub struct ValidatedCodec<T, U>(PhantomData<(T, U)>);

impl<T, U> Default for ValidatedCodec<T, U> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<T, U> Codec for ValidatedCodec<T, U>
where
    T: Message + Send + 'static,
    U: Message + Validate + Texts + Default + Send + 'static,
{
    type Encode = T;
    type Decode = U;
    type Encoder = ProstEncoder<T>;
    type Decoder = ValidatedDecoder<U>;

    fn encoder(&mut self) -> Self::Encoder {
        ProstEncoder::default()
    }

    fn decoder(&mut self) -> Self::Decoder {
        ValidatedDecoder(PhantomData)
    }
}

/// Decodes and validates messages.
#[derive(Debug)]
pub struct ValidatedDecoder<U>(PhantomData<U>);

impl<U: Message + Validate + Texts + Default> Decoder for ValidatedDecoder<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        let message = U::decode(buffer.copy_to_bytes(buffer.remaining())).map_err(|_| malformed())?;
        let mut violations = Violations::default();
        if let Err(broken) = message.validate() {
            add_broken(&broken, &mut violations);
        }
        Look::at(&message, &mut violations);
        if violations.is_empty() { Ok(Some(message)) } else { Err(violated(violations)) }
    }
}

/// The domain of our reasons in `google.rpc.ErrorInfo`.
pub const DOMAIN: &str = "labelmesh";

fn malformed() -> Status {
    refused(Reason::Malformed, "the message is not well-formed Protobuf of this type", Violations::default())
}

fn violated(violations: Violations) -> Status {
    let sentence = violations.told().first().map(|first| format!("{}: {}", first.field, first.description));
    refused(Reason::FieldInvalid, &sentence.unwrap_or_default(), violations)
}

fn refused(reason: Reason, message: &str, violations: Violations) -> Status {
    Refusal { code: reason.code(), reason: reason.wire_name(), message, violations, facts: &[], retry_after: None }
        .status()
}

fn add_broken(error: &ValidationError, violations: &mut Violations) {
    for broken in error.violations() {
        let words = |violation: &Violation| rule(violation.rule_id(), violation.message());
        violations.add(|| FieldViolation::new(broken.field_path(), words(broken)));
    }
}

/// The rule that a field breaks, as a sentence about the field. Rules of well-known formats come without words, and so
/// do bounds where there is no number to compare.
fn rule(id: &str, message: &str) -> String {
    let words = match id {
        "string.uuid" | "string.uuid_empty" => "must be a UUID",
        "string.email" | "string.email_empty" => "must be an e-mail address",
        "repeated.unique" => "must all be different",
        "enum.defined_only" | "enum.not_in" => "must be a value that this field may have",
        "string.min_len" | "string.min_bytes" | "repeated.min_items" if message.contains("at least 1 ") => {
            "must not be empty"
        }
        "string.min_bytes" | "string.max_bytes" => return format!("{message} long"),
        _ if !message.is_empty() => return bounds(message),
        _ if id.starts_with("double.") || id.starts_with("float.") => "must be a number",
        _ => "must be a value that this field may have",
    };
    words.to_owned()
}

/// What a value must be, in the contract's words.
fn bounds(message: &str) -> String {
    let short = message.replace("greater than or equal to", "at least").replace("less than or equal to", "at most");
    let short = short.replace("greater than", "above").replace("less than", "below");
    short.replace("value length must be", "must have").replace("value must", "must")
}

impl Reason {
    /// The name in `google.rpc.ErrorInfo.reason`: without the prefix of the enum.
    #[must_use]
    pub fn wire_name(self) -> &'static str {
        self.as_str_name().trim_start_matches("REASON_")
    }

    /// The reason of this name on the wire.
    #[must_use]
    pub fn from_wire_name(name: &str) -> Option<Self> {
        Self::from_str_name(&format!("REASON_{name}"))
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::tasks::v1::{CreateTaskRequest, Policy, UploadImagesRequest};
    use crate::r#type::v1::Part;

    fn broken_rules(message: &impl Validate) -> Vec<FieldViolation> {
        let mut violations = Violations::default();
        add_broken(&message.validate().expect_err("broken"), &mut violations);
        violations.told().to_vec()
    }

    #[test]
    fn the_bytes_of_a_message_stay_where_they_were_received() {
        let part = Part { name: "a.png".to_owned(), data: Bytes::from(vec![7; 1000]), ..Part::default() };
        let request = UploadImagesRequest { task_id: String::new(), part: Some(part), ..Default::default() };
        let received = Bytes::from(request.encode_to_vec());
        let decoded = UploadImagesRequest::decode(received.clone()).expect("well-formed").part.expect("a part").data;
        assert!(received.as_ptr_range().contains(&decoded.as_ptr()) && decoded.len() == 1000);
    }

    #[test]
    fn what_is_no_number_is_told_so_in_words() {
        let policy =
            Policy { confidence: f64::NAN, gold_share: f64::NAN, gold_accuracy: f64::NAN, ..Policy::default() };
        let request = CreateTaskRequest { policy: Some(policy), ..CreateTaskRequest::default() };
        let broken = broken_rules(&request);
        let numbers = broken.iter().filter(|violation| violation.description == "must be a number");
        let fields: Vec<_> = numbers.map(|violation| violation.field.as_str()).collect();
        assert_eq!(fields, ["policy.confidence", "policy.gold_share", "policy.gold_accuracy"]);
        assert!(broken.iter().all(|violation| !violation.description.contains("gte")), "{broken:?}");
    }

    #[test]
    fn a_rule_is_a_sentence_about_the_field() {
        let policy = Policy { redundancy: 51, max_votes: 101, confidence: 1.0, gold_share: 0.6, ..Policy::default() };
        let labels = vec!["a".to_owned(), "a".to_owned(), String::new(), "x".repeat(101)];
        let request = CreateTaskRequest { labels, policy: Some(policy), ..CreateTaskRequest::default() };
        let broken = broken_rules(&request);
        let said: Vec<_> = broken.iter().map(|broken| (broken.field.as_str(), broken.description.as_str())).collect();
        for expected in [
            ("title", "must not be empty"),
            ("labels", "must all be different"),
            ("labels[2]", "must not be empty"),
            ("labels[3]", "must have at most 100 characters"),
            ("policy.redundancy", "must be at least 1 and at most 50"),
            ("policy.max_votes", "must be at most 100"),
            ("policy.confidence", "must be at least 0 and below 1"),
            ("policy.gold_share", "must be at least 0 and at most 0.5"),
        ] {
            assert!(said.contains(&expected), "{expected:?} is not in {said:?}");
        }
        assert_eq!(rule("string.max_bytes", "must be at most 72 bytes"), "must be at most 72 bytes long");
    }
}
