//! Calls over the wire, by somebody.

use std::{collections::HashMap, io::Cursor};

use futures::{TryStreamExt as _, stream};
use image::{ImageFormat, RgbImage};
use labelmesh_errors::{Reason, reason_of};
use labelmesh_ids::UserId;
use labelmesh_proto::{
    google::api::HttpBody,
    renditions::v1::{
        CancelTransformationRequest, CreateTransformationRequest, CreateTransformationsRequest,
        CreateTransformationsResponse, Crop, ExportMyTransformationsRequest, GetRenditionRequest,
        GetTransformationRequest, ListTransformationsRequest, ListTransformationsResponse, Percent, RenditionRecord,
        Resize, Spec, Transformation, TransformationItem, TransformationsProgress, UploadSourcesRequest,
        UploadSourcesResponse, WatchTransformationsRequest, crop, rendition_service_client::RenditionServiceClient,
        spec,
    },
    r#type::v1::Part,
};
use labelmesh_testkit::{until, with_token};
use tonic::{
    Request, Status, Streaming,
    transport::{Channel, Endpoint},
};
use tonic_types::StatusExt as _;

/// How much of a file one message carries: little, so that tests see files in pieces.
const PIECE_BYTES: usize = 16 * 1024;

/// A call that failed.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) reason: Option<Reason>,
    /// The first field that breaks a rule.
    pub(crate) field: Option<String>,
    /// What programs are told beside the reason.
    pub(crate) facts: HashMap<String, String>,
}

impl From<Status> for Refused {
    fn from(status: Status) -> Self {
        let field = status.get_details_bad_request().and_then(|details| details.field_violations.into_iter().next());
        let facts = status.get_details_error_info().map(|info| info.metadata).unwrap_or_default();
        Self { reason: reason_of(&status), field: field.map(|violation| violation.field), facts }
    }
}

type Answer<T> = Result<T, Refused>;

/// A picture of this size in which something is to be seen; another number is another picture.
pub(crate) fn picture(number: u8, width: u32, height: u32) -> Vec<u8> {
    let pixels = RgbImage::from_fn(width, height, |x, y| image::Rgb([number, (x * 3) as u8, (y * 5) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    pixels.write_to(&mut bytes, ImageFormat::Png).expect("a PNG in memory");
    bytes.into_inner()
}

/// A picture whose header says how large it is wherever the file ends.
pub(crate) fn photo(width: u32, height: u32) -> Vec<u8> {
    let pixels = RgbImage::from_fn(width, height, |x, y| image::Rgb([(x * 7) as u8, (y * 11) as u8, (x * y) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    pixels.write_to(&mut bytes, ImageFormat::Jpeg).expect("a JPEG in memory");
    bytes.into_inner()
}

/// So much of both sides.
pub(crate) fn crop(width: u32, height: u32) -> Spec {
    let window = Some(crop::Window::Percent(Percent { width, height }));
    Spec { kind: Some(spec::Kind::Crop(Crop { window, ..Crop::default() })) }
}

/// As large as it can be within this width.
pub(crate) fn resize(width: u32) -> Spec {
    Spec { kind: Some(spec::Kind::Resize(Resize { width, ..Resize::default() })) }
}

/// Somebody who calls.
pub(crate) struct Client {
    pub(crate) user_id: UserId,
    token: String,
    rpc: RenditionServiceClient<Channel>,
}

impl Client {
    pub(crate) fn new(uri: &str, user_id: UserId, token: String) -> Self {
        let channel = Endpoint::from_shared(uri.to_owned()).expect("a URI").connect_lazy();
        Self { user_id, token, rpc: RenditionServiceClient::new(channel) }
    }

    fn request<T>(&self, message: T) -> Request<T> {
        with_token(message, &self.token)
    }

    fn rpc(&self) -> RenditionServiceClient<Channel> {
        self.rpc.clone()
    }

    /// Uploads files and returns what became of each.
    pub(crate) async fn upload(&self, files: Vec<Vec<u8>>) -> Answer<Vec<UploadSourcesResponse>> {
        let mut messages = Vec::new();
        for (index, bytes) in files.into_iter().enumerate() {
            let pieces: Vec<_> = bytes.chunks(PIECE_BYTES).map(<[u8]>::to_vec).collect();
            let pieces = if pieces.is_empty() { vec![Vec::new()] } else { pieces };
            let last = pieces.len() - 1;
            for (number, data) in pieces.into_iter().enumerate() {
                let name = if number == 0 { format!("{index}.png") } else { String::new() };
                let part = Part { name, data: data.into(), last: number == last, ..Part::default() };
                messages.push(UploadSourcesRequest { part: Some(part) });
            }
        }
        let answers = self.rpc().upload_sources(self.request(stream::iter(messages))).await?.into_inner();
        Ok(answers.try_collect().await?)
    }

    /// Uploads a picture; returns its digest.
    pub(crate) async fn source(&self, number: u8) -> String {
        let mut reports = self.upload(vec![picture(number, 64, 48)]).await.expect("uploaded");
        reports.remove(0).source.expect("a source").sha256
    }

    pub(crate) async fn create(&self, source: &str, spec: Spec) -> Answer<Transformation> {
        self.create_once(source, spec, "").await
    }

    pub(crate) async fn create_once(&self, source: &str, spec: Spec, request_id: &str) -> Answer<Transformation> {
        let (source_sha256, spec, request_id) = (source.to_owned(), Some(spec), request_id.to_owned());
        let request = CreateTransformationRequest { source_sha256, spec, request_id };
        Ok(self.rpc().create_transformation(self.request(request)).await?.into_inner())
    }

    pub(crate) async fn create_all(
        &self,
        items: Vec<(&str, Spec)>,
        request_id: &str,
    ) -> Answer<CreateTransformationsResponse> {
        let items = items
            .into_iter()
            .map(|(source, spec)| TransformationItem { source_sha256: source.to_owned(), spec: Some(spec) });
        let request = CreateTransformationsRequest { items: items.collect(), request_id: request_id.to_owned() };
        Ok(self.rpc().create_transformations(self.request(request)).await?.into_inner())
    }

    pub(crate) async fn get(&self, id: &str) -> Answer<Transformation> {
        self.wait(id, 0).await
    }

    /// The same when it has ended, or so many seconds later.
    pub(crate) async fn wait(&self, id: &str, wait_seconds: u32) -> Answer<Transformation> {
        let request = GetTransformationRequest { transformation_id: id.to_owned(), wait_seconds };
        Ok(self.rpc().get_transformation(self.request(request)).await?.into_inner())
    }

    /// The transformation when it has ended.
    pub(crate) async fn ended(&self, id: &str) -> Transformation {
        until("an end", async || {
            let found = self.wait(id, 10).await.expect("found");
            found.ended_at.is_some().then_some(found)
        })
        .await
    }

    pub(crate) async fn list(&self, batch_id: &str, page: i32, token: &str) -> Answer<ListTransformationsResponse> {
        let (batch_id, page_token) = (batch_id.to_owned(), token.to_owned());
        let request = ListTransformationsRequest { batch_id, page_size: page, page_token };
        Ok(self.rpc().list_transformations(self.request(request)).await?.into_inner())
    }

    pub(crate) async fn watch(&self, batch_id: &str, after: u64) -> Answer<Streaming<TransformationsProgress>> {
        let request = WatchTransformationsRequest { batch_id: batch_id.to_owned(), after_version: after };
        Ok(self.rpc().watch_transformations(self.request(request)).await?.into_inner())
    }

    pub(crate) async fn cancel(&self, id: &str) -> Answer<Transformation> {
        let request = CancelTransformationRequest { transformation_id: id.to_owned() };
        Ok(self.rpc().cancel_transformation(self.request(request)).await?.into_inner())
    }

    /// The first picture, and what it is said to be.
    pub(crate) async fn rendition(&self, id: &str) -> Answer<(Vec<u8>, String)> {
        self.rendition_at(id, 0).await
    }

    /// One of the pictures, and what it is said to be.
    pub(crate) async fn rendition_at(&self, id: &str, index: u32) -> Answer<(Vec<u8>, String)> {
        let request = GetRenditionRequest { transformation_id: id.to_owned(), index };
        let pieces = self.rpc().get_rendition(self.request(request)).await?.into_inner();
        let pieces: Vec<HttpBody> = pieces.try_collect().await?;
        let media_type = pieces.first().map(|piece| piece.content_type.clone()).unwrap_or_default();
        Ok((pieces.iter().flat_map(|piece| piece.data.to_vec()).collect(), media_type))
    }

    pub(crate) async fn export(&self) -> Vec<RenditionRecord> {
        let request = self.request(ExportMyTransformationsRequest {});
        let records = self.rpc().export_my_transformations(request).await.expect("a stream").into_inner();
        records.try_collect().await.expect("records")
    }
}
