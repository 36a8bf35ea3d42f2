//! What a failure of S3 means to the caller.

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use labelmesh_errors::Error;

/// The HTTP status of an answer that was not a success; `None` where there was no answer.
pub(crate) fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

/// Whether the object is not there. Of one in a bucket that is not there nothing is known: that is a fault of ours. The
/// answer to HEAD has no body that would tell the two apart.
pub(crate) fn is_missing<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    matches!(error, SdkError::ServiceError(_)) && status(error) == Some(404) && error.code() != Some("NoSuchBucket")
}

/// Whether another try is worth while: the store was not reached, too slow, busy or ill. A refusal is a fault of ours,
/// in the keys, the bucket or the request.
pub(crate) fn fault<E>(error: SdkError<E, HttpResponse>) -> Error
where
    E: std::error::Error + Send + Sync + 'static,
{
    let again = match &error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
        SdkError::ServiceError(_) => matches!(status(&error), Some(408 | 429 | 500..=599)),
        _ => false,
    };
    // The error's own text says only "service error"; this one has the code and the whole chain.
    let cause = DisplayErrorContext(error).to_string();
    if again { Error::unavailable(cause) } else { Error::internal(cause) }
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::{error::ErrorMetadata, operation::get_object::GetObjectError, primitives::SdkBody};

    use super::*;

    #[test]
    fn an_object_is_missing_and_a_bucket_is_a_fault() {
        let refused = |status: u16, code: &str| {
            let source = GetObjectError::generic(ErrorMetadata::builder().code(code).build());
            let status = status.try_into().expect("a status");
            SdkError::service_error(source, HttpResponse::new(status, SdkBody::empty()))
        };
        assert!(is_missing(&refused(404, "NoSuchKey")));
        assert!(!is_missing(&refused(404, "NoSuchBucket")));
        assert!(!is_missing(&refused(403, "AccessDenied")));
    }
}
