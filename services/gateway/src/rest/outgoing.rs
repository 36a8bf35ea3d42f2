//! The call to a service that is made for a REST call.

use std::sync::Arc;

use bytes::Bytes;
use futures::Stream;
use http::uri::PathAndQuery;
use labelmesh_proto::body;
use labelmesh_transcode::Found;
use prost::Message as _;
use prost_reflect::DynamicMessage;
use tonic::{Extensions, Request, Status, Streaming, client::Grpc, metadata::MetadataMap};

use crate::{
    app::App,
    call::Call,
    codec::{BytesCodec, Outbound},
    lifeline::{Lifeline, lifeline},
    upstream::Channel,
};

/// The largest answer that is one message.
const LARGEST_ANSWER: usize = 16 << 20;

/// A call that has found its route. Messages go to the service and come back as bytes.
pub(super) struct Outgoing<'a> {
    pub(super) app: &'a Arc<App>,
    pub(super) call: &'a Call,
    pub(super) found: &'a Found<'a>,
}

impl Outgoing<'_> {
    /// One message in, one message out.
    pub(super) async fn unary(&self, message: &DynamicMessage) -> Result<Bytes, Status> {
        let request = self.request(Outbound::from(message.encode_to_vec()));
        Ok(self.service()?.unary(request, self.path(), BytesCodec).await?.into_inner())
    }

    /// One message in, a stream out.
    pub(super) async fn server_streaming(&self, message: &DynamicMessage) -> Result<Streaming<Bytes>, Status> {
        let request = self.request(Outbound::from(message.encode_to_vec()));
        Ok(self.service()?.server_streaming(request, self.path(), BytesCodec).await?.into_inner())
    }

    /// One message in, a body out, and its length where the service knows it.
    pub(super) async fn body(&self, message: &DynamicMessage) -> Result<(Streaming<Bytes>, Option<u64>), Status> {
        let request = self.request(Outbound::from(message.encode_to_vec()));
        let response = self.service()?.server_streaming(request, self.path(), BytesCodec).await?;
        let length = response.metadata().get(body::LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        Ok((response.into_inner(), length))
    }

    /// A stream in, a stream out.
    pub(super) async fn streaming<S>(&self, messages: S) -> Result<Streaming<Bytes>, Status>
    where
        S: Stream<Item = Outbound> + Send + 'static,
    {
        Ok(self.service()?.streaming(self.request(messages), self.path(), BytesCodec).await?.into_inner())
    }

    /// Ends when the session of whoever calls is over.
    pub(super) fn session_over(&self) -> Lifeline {
        lifeline(self.call.hold(&self.app.tokens), None, None)
    }

    /// Ends when the session of whoever calls is over, or the gateway stops.
    pub(super) fn session_over_or_draining(&self) -> Lifeline {
        lifeline(self.call.hold(&self.app.tokens), Some(self.app.draining.clone()), None)
    }

    /// The service. It is always ready.
    fn service(&self) -> Result<Grpc<Channel>, Status> {
        Ok(Grpc::new(self.app.upstreams.channel(self.call)?).max_decoding_message_size(LARGEST_ANSWER))
    }

    /// A message with what the services are told about the call.
    fn request<T>(&self, message: T) -> Request<T> {
        let mut headers = http::HeaderMap::new();
        self.call.tell(&mut headers);
        Request::from_parts(MetadataMap::from_headers(headers), Extensions::new(), message)
    }

    fn path(&self) -> PathAndQuery {
        PathAndQuery::try_from(self.found.route.path()).expect("the path of a method is a path")
    }
}
