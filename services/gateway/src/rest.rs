//! REST: a request becomes a message, a message becomes an answer.

mod body;
mod download;
mod etag;
mod index;
mod jsonapi;
mod linger;
mod outgoing;
mod page;
mod range;
mod status;
mod stream;
mod unary;
mod upload;

use std::sync::Arc;

use http::{Request, Response, Version, request::Parts};
use http_body::Body as _;
use http_body_util::BodyDataStream;
use labelmesh_errors::Error;
use labelmesh_proto::method::{self, Method};
use labelmesh_transcode::{Found, Route};
use prost_reflect::{DynamicMessage, Value};
use tonic::body::Body;

pub(crate) use self::status::Refused;
use self::{jsonapi::View, linger::linger, outgoing::Outgoing};
use crate::{app::App, call::Call, incoming::Incoming, measure::Template};

/// How many times the size of its JSON a message takes at most, or nearly so.
const UNPACKED: usize = 8;

/// Answers a REST call: with what the service says, or why it was not asked.
pub(crate) async fn call(app: &Arc<App>, request: Request<Body>) -> Response<Body> {
    if request.uri().path() == "/" && request.method().is_safe() {
        return index::answer(&app.transcoder);
    }
    if let Some(page) = page::answer(request.method(), request.uri().path()) {
        return page;
    }
    let view = View::of(request.method(), request.uri().path(), app.transcoder.pool());
    let request = match &view {
        Some(view) => view.native(request),
        None => request,
    };
    let found = match app.transcoder.find(request.method(), request.uri().path()) {
        Ok(found) => found,
        Err(no_route) => return Refused::from(no_route).response(&app.transcoder),
    };
    let template = Template(found.route.template().to_owned());
    let answered = answer(app, &found, request, view.as_ref()).await;
    let mut response = answered.unwrap_or_else(|refused| refused.response(&app.transcoder));
    if let Some(view) = &view {
        response = view.answer(response).await;
    }
    response.extensions_mut().insert(template);
    response
}

/// The answer that refuses a call.
pub(crate) fn refuse(app: &App, error: Error) -> Response<Body> {
    Refused::from(error).response(&app.transcoder)
}

async fn answer(
    app: &Arc<App>,
    found: &Found<'_>,
    request: Request<Body>,
    view: Option<&View>,
) -> Result<Response<Body>, Refused> {
    let (parts, body) = request.into_parts();
    let method = method::find(found.route.path()).ok_or_else(|| Error::not_found("path"))?;
    let call = match admitted(app, found, method, &parts).await {
        Ok(call) => call,
        Err(refused) => {
            if !body.is_end_stream() {
                tokio::spawn(linger(BodyDataStream::new(body)));
            }
            return Err(refused);
        }
    };
    let Incoming { body, held: _held, .. } = Incoming::of(app, &call, body, UNPACKED).await?;
    let outgoing = Outgoing { app, call: &call, found };
    if method.streams_in {
        return upload::call(&outgoing, parts, body).await;
    }
    let body = body::read(method, &parts.headers, body).await?;
    let body = match view {
        Some(view) => view.body(body)?,
        None => body,
    };
    let mut message = found.request(parts.uri.query(), &body)?;
    identify(app, found.route, &mut message);
    etag::expect(found.route, &parts.headers, &mut message)?;
    if !method.streams_out {
        return unary::call(&outgoing, &message).await;
    }
    if found.route.answers_with_bytes() {
        return download::call(&outgoing, &message, &parts).await;
    }
    stream::call(&outgoing, message, &parts.headers).await
}

/// The call, as far as its headers tell.
async fn admitted(app: &App, found: &Found<'_>, method: &'static Method, parts: &Parts) -> Result<Call, Refused> {
    let call = Call::of(app, method, parts).await?;
    body::check_encoding(&parts.headers)?;
    if parts.version < Version::HTTP_11
        && (method.streams_in || method.streams_out)
        && !found.route.answers_with_bytes()
    {
        return Err(Refused::version());
    }
    Ok(call)
}

/// Gives a request without a request id one, so that trying it again is harmless.
fn identify(app: &App, route: &Route, message: &mut DynamicMessage) {
    if let Some(field) = route.request_id().filter(|field| !message.has_field(field)) {
        message.set_field(&field, Value::String(app.new_id()));
    }
}
