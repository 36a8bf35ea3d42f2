//! REST: a request becomes a message, a message becomes an answer.

mod body;
mod index;
mod raw;
mod status;
mod stream;
mod unary;
mod upload;

use std::{net::IpAddr, sync::Arc};

use bytes::Bytes;
use http::{Request, Response};
use labelmesh_errors::Error;
use labelmesh_proto::method;
use labelmesh_transcode::{Found, Route};
use prost::Message as _;
use prost_reflect::{DynamicMessage, Value};
use tonic::{body::Body, client::Grpc};

use self::status::Refused;
use crate::{call::Call, codec::BytesCodec, edge::Edge, measure::Template, upstream::Channel};

/// The largest answer that is one message.
const LARGEST_ANSWER: usize = 16 << 20;

/// Answers a REST call: with what the service says, or why it was not asked.
pub(crate) async fn call(edge: &Arc<Edge>, request: Request<Body>, address: Option<IpAddr>) -> Response<Body> {
    if request.uri().path() == "/" && request.method().is_safe() {
        return index::answer(&edge.transcoder);
    }
    let found = match edge.transcoder.find(request.method(), request.uri().path()) {
        Ok(found) => found,
        Err(no_route) => return Refused::from(no_route).response(&edge.transcoder),
    };
    let template = Template(found.route.template().to_owned());
    let answered = answer(edge, &found, request, address).await;
    let mut response = answered.unwrap_or_else(|refused| refused.response(&edge.transcoder));
    response.extensions_mut().insert(template);
    response
}

/// The answer that refuses a call.
pub(crate) fn refuse(edge: &Edge, error: Error) -> Response<Body> {
    Refused::from(error).response(&edge.transcoder)
}

async fn answer(
    edge: &Arc<Edge>,
    found: &Found<'_>,
    request: Request<Body>,
    address: Option<IpAddr>,
) -> Result<Response<Body>, Refused> {
    let (parts, body) = request.into_parts();
    let method = method::find(found.route.path()).ok_or_else(|| Error::not_found("path"))?;
    let call = Call::of(method, &parts.headers, address, &edge.tokens).await?;
    if method.streams_in {
        return upload::call(edge, &call, found, parts, body).await;
    }
    let body = body::read(method, &parts.headers, body).await?;
    let mut message = found.request(parts.uri.query(), &body)?;
    identify(edge, found.route, &mut message);
    if !method.streams_out {
        return unary::call(edge, &call, found, &message).await;
    }
    if found.route.answers_with_bytes() {
        return raw::call(edge, &call, found, &message).await;
    }
    stream::call(edge, &call, found, message, &parts.headers).await
}

/// Gives a request without a request id one, so that trying it again is harmless.
fn identify(edge: &Edge, route: &Route, message: &mut DynamicMessage) {
    if let Some(field) = route.request_id().filter(|field| !message.has_field(field)) {
        message.set_field(&field, Value::String(edge.new_id()));
    }
}

/// The upstream of a call, for messages as bytes. It is always ready.
fn upstream(edge: &Edge, call: &Call) -> Result<Grpc<Channel>, Refused> {
    Ok(Grpc::new(edge.upstreams.channel(call)?).max_decoding_message_size(LARGEST_ANSWER))
}

/// Calls a method that takes one message and answers with a stream.
async fn open(
    edge: &Edge,
    call: &Call,
    found: &Found<'_>,
    message: &DynamicMessage,
) -> Result<tonic::Streaming<Bytes>, Refused> {
    let mut grpc = upstream(edge, call)?;
    let response =
        grpc.server_streaming(request(call, message.encode_to_vec().into()), path(found), BytesCodec).await?;
    Ok(response.into_inner())
}

/// A message with what the services are told about the call.
fn request<T>(call: &Call, message: T) -> tonic::Request<T> {
    let mut headers = http::HeaderMap::new();
    call.tell(&mut headers);
    tonic::Request::from_parts(tonic::metadata::MetadataMap::from_headers(headers), tonic::Extensions::new(), message)
}

fn path(found: &Found<'_>) -> http::uri::PathAndQuery {
    http::uri::PathAndQuery::try_from(found.route.path()).expect("the path of a method is a path")
}
