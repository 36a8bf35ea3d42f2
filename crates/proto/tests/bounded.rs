//! Whatever a method is asked, it refuses in no more headers than anybody takes.

use http::{HeaderMap, Request, header};
use http_body_util::{BodyExt as _, Full};
use labelmesh_proto::{
    DESCRIPTORS,
    auth::v1::{
        audit_service_server::{AuditService, AuditServiceServer},
        auth_service_server::{AuthService, AuthServiceServer},
    },
    method::{METHODS, Method},
    notify::v1::{
        mail_service_server::{MailService, MailServiceServer},
        notification_service_server::{NotificationService, NotificationServiceServer},
        phone_service_server::{PhoneService, PhoneServiceServer},
        webhook_service_server::{WebhookService, WebhookServiceServer},
    },
    renditions::v1::{
        UploadSourcesRequest, UploadSourcesResponse,
        rendition_service_server::{RenditionService, RenditionServiceServer},
    },
    subtasks::v1::{
        ImportDecisionsRequest, ImportDecisionsResponse, ImportVotesRequest, ImportVotesResponse,
        subtask_service_server::{SubtaskService, SubtaskServiceServer},
    },
    tasks::v1::{
        UploadImagesRequest, UploadImagesResponse,
        task_service_server::{TaskService, TaskServiceServer},
    },
    users::v1::{
        group_service_server::{GroupService, GroupServiceServer},
        user_service_server::{UserService, UserServiceServer},
    },
};
use proptest::prelude::*;
use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, Value, prost::Message as _,
};
use tonic::{Code, Response, Status, Streaming, body::Body, codegen::BoxStream, service::Routes};
use tonic_types::StatusExt as _;
use tower::ServiceExt as _;

/// Half of what hyper and h2 take at most where nobody tells them otherwise.
const MOST: usize = 8192;

/// Serves every method and does nothing for anybody.
struct Nobody;

impl AuditService for Nobody {}
impl AuthService for Nobody {}
impl NotificationService for Nobody {}
impl WebhookService for Nobody {}
impl PhoneService for Nobody {}
impl MailService for Nobody {}
impl UserService for Nobody {}
impl GroupService for Nobody {}

#[tonic::async_trait]
impl TaskService for Nobody {
    async fn upload_images(
        &self,
        request: tonic::Request<Streaming<UploadImagesRequest>>,
    ) -> Result<Response<BoxStream<UploadImagesResponse>>, Status> {
        first(request.into_inner()).await
    }
}

#[tonic::async_trait]
impl RenditionService for Nobody {
    async fn upload_sources(
        &self,
        request: tonic::Request<Streaming<UploadSourcesRequest>>,
    ) -> Result<Response<BoxStream<UploadSourcesResponse>>, Status> {
        first(request.into_inner()).await
    }
}

#[tonic::async_trait]
impl SubtaskService for Nobody {
    async fn import_votes(
        &self,
        request: tonic::Request<Streaming<ImportVotesRequest>>,
    ) -> Result<Response<BoxStream<ImportVotesResponse>>, Status> {
        first(request.into_inner()).await
    }

    async fn import_decisions(
        &self,
        request: tonic::Request<Streaming<ImportDecisionsRequest>>,
    ) -> Result<Response<BoxStream<ImportDecisionsResponse>>, Status> {
        first(request.into_inner()).await
    }
}

/// Reads the first message of a stream.
async fn first<T, U>(mut messages: Streaming<T>) -> Result<U, Status> {
    messages.message().await?;
    Err(Status::unimplemented("nobody does it"))
}

fn routes() -> Routes {
    Routes::new(AuthServiceServer::new(Nobody))
        .add_service(NotificationServiceServer::new(Nobody))
        .add_service(WebhookServiceServer::new(Nobody))
        .add_service(PhoneServiceServer::new(Nobody))
        .add_service(MailServiceServer::new(Nobody))
        .add_service(UserServiceServer::new(Nobody))
        .add_service(GroupServiceServer::new(Nobody))
        .add_service(AuditServiceServer::new(Nobody))
        .add_service(TaskServiceServer::new(Nobody))
        .add_service(SubtaskServiceServer::new(Nobody))
        .add_service(RenditionServiceServer::new(Nobody))
}

/// What a method answers to a message; its headers and trailers are held against their bound.
async fn answer(method: &Method, message: &[u8]) -> Status {
    let length = u32::try_from(message.len()).expect("a small message").to_be_bytes();
    let framed = [&[0], length.as_slice(), message].concat();
    let request = Request::post(method.path).header(header::CONTENT_TYPE, "application/grpc");
    let request = request.body(Body::new(Full::new(framed.into()))).expect("a request");
    let (head, body) = routes().prepare().oneshot(request).await.expect("infallible").into_parts();
    let trailers = body.collect().await.expect("an answer").trailers().cloned().unwrap_or_default();
    for headers in [&head.headers, &trailers] {
        // RFC 9113, 6.5.2.
        let size: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 32).sum();
        assert!(size < MOST, "{} answers in {size} bytes of headers", method.path);
    }
    let status = |headers: &HeaderMap| Status::from_header_map(headers);
    status(&head.headers).or_else(|| status(&trailers)).expect("it ends with a status")
}

/// Makes messages that have little to do with what is asked for.
struct Dice {
    state: u64,
    /// How many bytes the message may still grow by.
    room: usize,
}

impl Dice {
    /// SplitMix64.
    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % bound
    }

    fn message(&mut self, descriptor: &MessageDescriptor) -> DynamicMessage {
        let mut message = DynamicMessage::new(descriptor.clone());
        for field in descriptor.fields() {
            let value = if field.is_list() { Some(self.list(&field)) } else { self.value(&field.kind()) };
            if let Some(value) = value {
                message.set_field(&field, value);
            }
        }
        message
    }

    fn list(&mut self, field: &FieldDescriptor) -> Value {
        let count = [0, 1, 20, 21, 1000, usize::MAX][self.below(6)];
        Value::List((0..count).map_while(|_| self.value(&field.kind())).collect())
    }

    /// A value; none where there is no room for it.
    fn value(&mut self, kind: &Kind) -> Option<Value> {
        // Of a message this is its tag and its length.
        self.room = self.room.checked_sub(12)?;
        let extreme = self.below(3);
        Some(match kind {
            Kind::String => {
                let text = ["", "x", "\0", "\u{202e}", "é", "\u{10ffff}", "not-an-id", "{\"=cmd|\":[\\"][self.below(8)];
                let text = text.repeat([1, 2, 40, 400][self.below(4)]);
                self.room = self.room.checked_sub(text.len())?;
                Value::String(text)
            }
            Kind::Bytes => {
                let bytes = vec![7; self.below(self.room.max(1))];
                self.room -= bytes.len();
                Value::Bytes(bytes.into())
            }
            Kind::Message(message) => Value::Message(self.message(message)),
            Kind::Enum(_) => Value::EnumNumber(self.below(300) as i32 - 3),
            Kind::Bool => Value::Bool(extreme > 0),
            Kind::Float => Value::F32([f32::NAN, f32::MIN, f32::MAX][extreme]),
            Kind::Double => Value::F64([f64::NAN, f64::MIN, f64::MAX][extreme]),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32([i32::MIN, -1, i32::MAX][extreme]),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64([i64::MIN, -1, i64::MAX][extreme]),
            Kind::Uint32 | Kind::Fixed32 => Value::U32([0, 1, u32::MAX][extreme]),
            Kind::Uint64 | Kind::Fixed64 => Value::U64([0, 1, u64::MAX][extreme]),
        })
    }
}

fn input(pool: &DescriptorPool, method: &Method) -> MessageDescriptor {
    let name = method.path.trim_start_matches('/').replace('/', ".");
    let (service, method) = name.rsplit_once('.').expect("a service and a method");
    let service = pool.get_service_by_name(service).expect("a service of the contract");
    service.methods().find(|found| found.name() == method).expect("a method of the contract").input()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 0, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_asked_is_refused_in_few_headers(seed in any::<u64>()) {
        let pool = DescriptorPool::decode(DESCRIPTORS).expect("descriptors");
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        let mut refused = 0;
        for method in METHODS {
            let mut dice = Dice { state: seed, room: method.max_request_bytes };
            let message = dice.message(&input(&pool, method)).encode_to_vec();
            prop_assert!(message.len() <= method.max_request_bytes);
            refused += usize::from(runtime.block_on(answer(method, &message)).code() == Code::InvalidArgument);
        }
        prop_assert!(refused > METHODS.len() / 2, "{refused} of {} have rules that were broken", METHODS.len());
    }
}

#[tokio::test]
async fn every_method_of_the_contract_is_asked() {
    for method in METHODS {
        let status = answer(method, &[0xff; 9]).await;
        let reason = status.get_details_error_info().map(|info| info.reason);
        assert_eq!(reason.as_deref(), Some("MALFORMED"), "{}: {status}", method.path);
    }
}
