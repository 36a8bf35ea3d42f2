//! One message in, one message out.

use http::{HeaderValue, Response, header};
use labelmesh_errors::Error;
use labelmesh_transcode::to_json;
use prost_reflect::DynamicMessage;
use tonic::body::Body;

use crate::answer::roomy;

use super::{
    etag,
    outgoing::Outgoing,
    status::{self, Refused},
};

pub(super) async fn call(outgoing: &Outgoing<'_>, message: &DynamicMessage) -> Result<Response<Body>, Refused> {
    let answer = outgoing.unary(message).await?;
    let answer = outgoing.found.route.decode_answer(&answer).map_err(Error::internal)?;
    let etag = etag::of_answer(outgoing.found.route, &answer);
    let mut response = status::json(to_json(&answer).map_err(Error::internal)?);
    // Answers differ from caller to caller, and from moment to moment.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(etag) = etag {
        response.headers_mut().insert(header::ETAG, etag);
    }
    Ok(roomy(outgoing.app, outgoing.call, response)?)
}
