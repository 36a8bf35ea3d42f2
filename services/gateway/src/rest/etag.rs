//! Etags: the headers If-Match and ETag (RFC 9110, 13.1.1 and 8.8.3) are the fields of that name in requests and
//! answers.

use http::{HeaderMap, HeaderValue, StatusCode, header};
use labelmesh_errors::{Error, Reason};
use labelmesh_transcode::Route;
use prost_reflect::{DynamicMessage, Value};

use super::status::Refused;

/// Puts the etag of If-Match into the request. `*` is any state.
///
/// # Errors
/// MALFORMED where it is not one strong etag; FIELD_INVALID where the body says another one; ETAG_MISMATCH where the
/// request would change something that has no etag, since the client's condition can't be kept.
pub(super) fn expect(route: &Route, headers: &HeaderMap, message: &mut DynamicMessage) -> Result<(), Refused> {
    let Some(wanted) = headers.get(header::IF_MATCH).filter(|wanted| *wanted != "*") else { return Ok(()) };
    if route.http_method().is_safe() {
        return Ok(());
    }
    let Some(field) = route.expected_etag() else {
        let error = Error::new(Reason::EtagMismatch, "what this route changes has no etag");
        return Err(Refused::with(error, StatusCode::PRECONDITION_FAILED));
    };
    let tag =
        wanted.to_str().ok().and_then(strong).ok_or_else(|| Refused::malformed("If-Match takes one etag, or *"))?;
    if message.has_field(&field) && message.get_field(&field).as_str() != Some(tag) {
        return Err(Error::invalid(field.name(), "must be as in If-Match, or left out").into());
    }
    message.set_field(&field, Value::String(tag.to_owned()));
    Ok(())
}

/// The value of ETag for an answer that has one.
pub(super) fn of_answer(route: &Route, answer: &DynamicMessage) -> Option<HeaderValue> {
    let value = answer.get_field(&route.etag()?);
    let tag = value.as_str().filter(|tag| !tag.is_empty())?;
    HeaderValue::try_from(format!("\"{tag}\"")).ok()
}

/// What stands between the quotation marks of a strong etag.
fn strong(text: &str) -> Option<&str> {
    let tag = text.trim().strip_prefix('"')?.strip_suffix('"')?;
    (!tag.is_empty() && !tag.contains('"')).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_strong_etag_is_taken() {
        assert_eq!(strong(r#" "7" "#), Some("7"));
        for other in ["7", r#""""#, r#"W/"7""#, r#""6", "7""#, r#"""#, ""] {
            assert_eq!(strong(other), None, "{other}");
        }
    }
}
