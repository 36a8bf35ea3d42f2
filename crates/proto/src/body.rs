//! Bodies that are streamed as `google.api.HttpBody`.

/// The header of an answer that has the length of its whole body in bytes, as digits, where it is known before. By it a
/// client over REST tells the end from a break, and can ask for a part.
pub const LENGTH: &str = "x-body-length";
