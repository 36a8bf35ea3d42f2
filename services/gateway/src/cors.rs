//! Which web pages may call, and what they may read of the answers.

use std::time::Duration;

use anyhow::{Context as _, Result};
use http::{HeaderName, HeaderValue, header};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};

use crate::{call::REQUEST_ID, config::Cors};

/// The layer that answers for CORS.
///
/// # Errors
/// Fails where a configured origin is not a header value.
pub(crate) fn layer(cors: &Cors) -> Result<CorsLayer> {
    let exposed =
        ["grpc-status", "grpc-message", "grpc-status-details-bin", "ratelimit", "ratelimit-policy", "traceparent"]
            .map(HeaderName::from_static);
    let layer = CorsLayer::new()
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request())
        .max_age(Duration::from_secs(600))
        .expose_headers(
            [header::ETAG, header::RETRY_AFTER, header::WWW_AUTHENTICATE, header::CONTENT_DISPOSITION, REQUEST_ID]
                .into_iter()
                .chain(exposed)
                .collect::<Vec<_>>(),
        );
    if cors.origins.iter().any(|origin| origin == "*") {
        return Ok(layer.allow_origin(AllowOrigin::any()));
    }
    let origins = cors.origins.iter().map(|origin| HeaderValue::try_from(origin.as_str()));
    let origins: Vec<_> = origins.collect::<Result<_, _>>().context("cors.origins")?;
    Ok(layer.allow_origin(AllowOrigin::list(origins)))
}
