//! One message in, one message out.

use http::{HeaderValue, Response, header};
use labelmesh_errors::Error;
use labelmesh_transcode::{Found, to_json};
use prost::Message as _;
use prost_reflect::DynamicMessage;
use tonic::body::Body;

use super::status::{self, Refused};
use crate::{call::Call, codec::BytesCodec, edge::Edge};

pub(super) async fn call(
    edge: &Edge,
    call: &Call,
    found: &Found<'_>,
    message: &DynamicMessage,
) -> Result<Response<Body>, Refused> {
    let mut grpc = super::upstream(edge, call)?;
    let request = super::request(call, message.encode_to_vec().into());
    let answer = grpc.unary(request, super::path(found), BytesCodec).await?.into_inner();
    let answer = found.route.decode_answer(&answer).map_err(Error::internal)?;
    let mut response = status::json(to_json(&answer).map_err(Error::internal)?);
    // Answers differ from caller to caller, and from moment to moment.
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
