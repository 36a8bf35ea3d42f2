//! Errors as HTTP answers: `google.rpc.Status` as JSON, under the HTTP status that goes with it.

use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use labelmesh_errors::{Error, Reason, reason_of};
use labelmesh_transcode::{NoRoute, Refusal, Transcoder, http_status};
use tonic::{Code, Status, body::Body};
use tonic_types::StatusExt as _;

use crate::{answer::Pieces, pace::too_slow};

/// An error on its way to a client.
#[derive(Debug)]
pub(crate) struct Refused {
    status: Status,
    /// The HTTP status, where it is more exact than the one of the gRPC code.
    http: Option<StatusCode>,
    /// The header that says what would be accepted.
    accepts: Option<(HeaderName, HeaderValue)>,
}

impl Refused {
    /// An error that HTTP has a better status for.
    pub(crate) fn with(error: Error, http: StatusCode) -> Self {
        Self { http: Some(http), ..Self::from(error) }
    }

    /// A body of a media type that is not accepted.
    pub(crate) fn media_type(wanted: &str) -> Self {
        let error = Error::new(Reason::Malformed, format!("the content type must be {wanted}"));
        Self::with(error, StatusCode::UNSUPPORTED_MEDIA_TYPE)
    }

    /// A body that is compressed.
    pub(crate) fn content_encoding() -> Self {
        let error = Error::new(Reason::Malformed, "a body is accepted as it is, without a content encoding");
        let accepts = Some((header::ACCEPT_ENCODING, HeaderValue::from_static("identity")));
        Self { accepts, ..Self::with(error, StatusCode::UNSUPPORTED_MEDIA_TYPE) }
    }

    /// A target of more bytes than anything here has.
    pub(crate) fn target_too_long(limit: usize) -> Self {
        let error = Error::new(Reason::RequestTooLarge, format!("a path with its query has at most {limit} bytes"));
        Self::with(error, StatusCode::URI_TOO_LONG)
    }

    /// Headers of more bytes than anybody needs.
    pub(crate) fn headers_too_large(limit: usize) -> Self {
        let error = Error::new(Reason::RequestTooLarge, format!("headers of at most {limit} bytes are accepted"));
        Self::with(error, StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE)
    }

    /// A range that no byte of the body is in.
    pub(crate) fn range(length: u64) -> Self {
        let error = Error::invalid("Range", format!("must begin within the {length} bytes that there are"));
        let accepts = HeaderValue::try_from(format!("bytes */{length}")).ok();
        let accepts = accepts.map(|range| (header::CONTENT_RANGE, range));
        Self { accepts, ..Self::with(error, StatusCode::RANGE_NOT_SATISFIABLE) }
    }

    /// A version of HTTP that can't tell the end of an answer from a break, where the answer's length is not known.
    pub(crate) fn version() -> Self {
        let message = "this answer has no length that is known before: it takes HTTP/1.1 or newer, also between a proxy \
                       and the gateway (nginx: proxy_http_version 1.1)";
        Self::with(Error::new(Reason::Malformed, message), StatusCode::HTTP_VERSION_NOT_SUPPORTED)
    }

    /// A body that is larger than the contract allows.
    pub(crate) fn too_large(limit: usize) -> Self {
        Error::new(Reason::RequestTooLarge, format!("a request of at most {limit} bytes is accepted")).into()
    }

    /// A body that came too slowly.
    pub(crate) fn too_slow() -> Self {
        Self::with(too_slow(), StatusCode::REQUEST_TIMEOUT)
    }

    /// Something that is not well-formed.
    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Error::new(Reason::Malformed, message).into()
    }

    /// The status as one line of JSON.
    pub(crate) fn json(&self, transcoder: &Transcoder) -> String {
        transcoder.status_json(self.status.code().into(), self.status.message(), self.status.details())
    }

    /// The whole answer.
    pub(crate) fn response(self, transcoder: &Transcoder) -> Response<Body> {
        let mut response = json(self.json(transcoder));
        *response.status_mut() = self.http_status();
        let headers = response.headers_mut();
        if let Some((name, value)) = self.accepts {
            headers.insert(name, value);
        }
        if self.status.code() == Code::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(after) = self.status.get_details_retry_info().and_then(|info| info.retry_delay) {
            // The header has whole seconds alone; too late is better than too early.
            headers.insert(
                header::RETRY_AFTER,
                after.as_secs().saturating_add(u64::from(after.subsec_nanos() > 0)).into(),
            );
        }
        response
    }

    fn http_status(&self) -> StatusCode {
        match (self.http, reason_of(&self.status)) {
            (Some(status), _) => status,
            (None, Some(Reason::RequestTooLarge)) => StatusCode::PAYLOAD_TOO_LARGE,
            (None, Some(Reason::EtagMismatch)) => StatusCode::PRECONDITION_FAILED,
            (None, _) => http_status(self.status.code().into()),
        }
    }
}

/// An answer in JSON.
pub(crate) fn json(text: String) -> Response<Body> {
    let mut response = Response::new(Body::new(Pieces::of(text)));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

impl From<Status> for Refused {
    fn from(status: Status) -> Self {
        Self { status, http: None, accepts: None }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Status::from(error).into()
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Malformed(message) => Self::malformed(message),
            Refusal::Field { field, rule } => Error::invalid(field, rule).into(),
        }
    }
}

impl From<NoRoute> for Refused {
    fn from(no_route: NoRoute) -> Self {
        match no_route {
            NoRoute::UnknownPath => Error::not_found("path").into(),
            NoRoute::OtherMethods(methods) => {
                let names = methods.iter().map(http::Method::as_str).collect::<Vec<_>>().join(", ");
                let error = Error::new(Reason::MethodUnknown, format!("this path takes {names}"));
                let allow = HeaderValue::from_str(&names).ok();
                let accepts = allow.map(|allow| (header::ALLOW, allow));
                Self { accepts, ..Self::with(error, StatusCode::METHOD_NOT_ALLOWED) }
            }
        }
    }
}
