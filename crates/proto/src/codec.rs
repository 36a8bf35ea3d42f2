//! The codec of every client and server: Protobuf whose field rules are checked where it is decoded.
//!
//! A layer around a server sees only bytes; here every message passes, also each one of a client stream.

use std::marker::PhantomData;

use bytes::Buf as _;
use prost::Message;
use prost_protovalidate::{Validate, ValidationError};
use tonic::{
    Code, Status,
    codec::{Codec, DecodeBuf, Decoder},
};
use tonic_prost::ProstEncoder;
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

use crate::errors::v1::Reason;

/// Encodes with prost; decodes with prost, then validates.
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
    U: Message + Validate + Default + Send + 'static,
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

impl<U: Message + Validate + Default> Decoder for ValidatedDecoder<U> {
    type Item = U;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<U>, Status> {
        let message = U::decode(buffer.copy_to_bytes(buffer.remaining())).map_err(|_| malformed())?;
        message.validate().map_err(|error| violated(&error))?;
        Ok(Some(message))
    }
}

/// The domain of our reasons in `google.rpc.ErrorInfo`.
pub const DOMAIN: &str = "labelmesh";

fn malformed() -> Status {
    let mut details = ErrorDetails::new();
    details.set_error_info(Reason::Malformed.wire_name(), DOMAIN, std::collections::HashMap::new());
    Status::with_error_details(Code::InvalidArgument, "the message is not well-formed Protobuf of this type", details)
}

fn violated(error: &ValidationError) -> Status {
    let violations: Vec<_> = error
        .violations()
        .iter()
        .map(|violation| FieldViolation::new(violation.field_path(), rule(violation.rule_id(), violation.message())))
        .collect();
    let sentence =
        violations.first().map_or_else(String::new, |first| format!("{}: {}", first.field, first.description));
    let mut details = ErrorDetails::with_bad_request(violations);
    details.set_error_info(Reason::FieldInvalid.wire_name(), DOMAIN, std::collections::HashMap::new());
    Status::with_error_details(Code::InvalidArgument, sentence, details)
}

/// The rule that a field breaks, in words. Those of well-known formats come without.
fn rule(id: &str, message: &str) -> String {
    match id {
        _ if !message.is_empty() => message.to_owned(),
        "string.uuid" | "string.uuid_empty" => "must be a UUID".to_owned(),
        "string.email" | "string.email_empty" => "must be an e-mail address".to_owned(),
        other => format!("must keep the rule {other}"),
    }
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
