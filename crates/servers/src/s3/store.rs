//! The objects: files, as `s3s-fs` keeps them, with the two promises it does not make.
//!
//! A conditional write is atomic: of many that ask for the object not to exist, one succeeds. And a copy appears
//! whole or not at all: `s3s-fs` writes it in place, where a reader, or a kill, finds half of it.

use std::hash::{BuildHasher, RandomState};
use std::path::Path;

use async_trait::async_trait;
use s3s::dto::*;
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};
use s3s_fs::FileSystem;
use tokio::sync::{Mutex, MutexGuard};

/// How many conditional writes can go on at once, at most.
const LOCKS: usize = 64;

/// The objects of one server.
pub(super) struct Store {
    files: FileSystem,
    locks: [Mutex<()>; LOCKS],
    hashes: RandomState,
}

impl Store {
    /// The objects in `folder`, which exists.
    pub(super) fn open(folder: &Path) -> Result<Self, s3s_fs::Error> {
        let locks = std::array::from_fn(|_| Mutex::new(()));
        Ok(Self { files: FileSystem::new(folder)?, locks, hashes: RandomState::new() })
    }

    /// Held by whoever first looks whether an object exists and then writes it.
    async fn lock(&self, bucket: &str, key: &str) -> MutexGuard<'_, ()> {
        let hash = self.hashes.hash_one((bucket, key));
        let index = usize::try_from(hash % LOCKS as u64).expect("less than the number of locks, a usize");
        self.locks[index].lock().await
    }
}

#[async_trait]
impl S3 for Store {
    async fn put_object(&self, req: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        let conditional = req.input.if_none_match.is_some() || req.input.if_match.is_some();
        let _lock = if conditional { Some(self.lock(&req.input.bucket, &req.input.key).await) } else { None };
        self.files.put_object(req).await
    }

    async fn complete_multipart_upload(
        &self,
        req: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let conditional = req.input.if_none_match.is_some() || req.input.if_match.is_some();
        let _lock = if conditional { Some(self.lock(&req.input.bucket, &req.input.key).await) } else { None };
        self.files.complete_multipart_upload(req).await
    }

    async fn copy_object(&self, req: S3Request<CopyObjectInput>) -> S3Result<S3Response<CopyObjectOutput>> {
        let CopySource::Bucket { bucket, key, .. } = &req.input.copy_source else {
            return Err(s3_error!(NotImplemented, "only a bucket can be copied from"));
        };
        let in_place = **bucket == *req.input.bucket && **key == *req.input.key;
        let conditional = req.input.copy_source_if_match.is_some()
            || req.input.copy_source_if_none_match.is_some()
            || req.input.copy_source_if_modified_since.is_some()
            || req.input.copy_source_if_unmodified_since.is_some();
        if in_place || conditional {
            return self.files.copy_object(req).await;
        }
        let source = GetObjectInput::builder().bucket(bucket.to_string()).key(key.to_string()).build();
        let source = source.map_err(|error| s3_error!(error, InvalidRequest))?;
        let source = self.files.get_object(empty_request(&req).map_input(|()| source)).await?.output;
        let put = empty_request(&req).map_input(|()| copied(req.input, source));
        let written = self.files.put_object(put).await?.output;
        let result = CopyObjectResult { e_tag: written.e_tag, ..CopyObjectResult::default() };
        Ok(S3Response::new(CopyObjectOutput { copy_object_result: Some(result), ..CopyObjectOutput::default() }))
    }

    async fn create_bucket(&self, req: S3Request<CreateBucketInput>) -> S3Result<S3Response<CreateBucketOutput>> {
        self.files.create_bucket(req).await
    }

    async fn delete_bucket(&self, req: S3Request<DeleteBucketInput>) -> S3Result<S3Response<DeleteBucketOutput>> {
        self.files.delete_bucket(req).await
    }

    async fn delete_object(&self, req: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
        self.files.delete_object(req).await
    }

    async fn delete_objects(&self, req: S3Request<DeleteObjectsInput>) -> S3Result<S3Response<DeleteObjectsOutput>> {
        self.files.delete_objects(req).await
    }

    async fn get_bucket_location(
        &self,
        req: S3Request<GetBucketLocationInput>,
    ) -> S3Result<S3Response<GetBucketLocationOutput>> {
        self.files.get_bucket_location(req).await
    }

    async fn get_object(&self, req: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        self.files.get_object(req).await
    }

    async fn head_bucket(&self, req: S3Request<HeadBucketInput>) -> S3Result<S3Response<HeadBucketOutput>> {
        self.files.head_bucket(req).await
    }

    async fn head_object(&self, req: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        self.files.head_object(req).await
    }

    async fn list_buckets(&self, req: S3Request<ListBucketsInput>) -> S3Result<S3Response<ListBucketsOutput>> {
        self.files.list_buckets(req).await
    }

    async fn list_objects(&self, req: S3Request<ListObjectsInput>) -> S3Result<S3Response<ListObjectsOutput>> {
        self.files.list_objects(req).await
    }

    async fn list_objects_v2(&self, req: S3Request<ListObjectsV2Input>) -> S3Result<S3Response<ListObjectsV2Output>> {
        self.files.list_objects_v2(req).await
    }

    async fn create_multipart_upload(
        &self,
        req: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        self.files.create_multipart_upload(req).await
    }

    async fn upload_part(&self, req: S3Request<UploadPartInput>) -> S3Result<S3Response<UploadPartOutput>> {
        self.files.upload_part(req).await
    }

    async fn upload_part_copy(
        &self,
        req: S3Request<UploadPartCopyInput>,
    ) -> S3Result<S3Response<UploadPartCopyOutput>> {
        self.files.upload_part_copy(req).await
    }

    async fn list_parts(&self, req: S3Request<ListPartsInput>) -> S3Result<S3Response<ListPartsOutput>> {
        self.files.list_parts(req).await
    }

    async fn abort_multipart_upload(
        &self,
        req: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        self.files.abort_multipart_upload(req).await
    }
}

/// A request by the same caller, without input.
fn empty_request<T>(req: &S3Request<T>) -> S3Request<()> {
    S3Request {
        input: (),
        method: req.method.clone(),
        uri: req.uri.clone(),
        headers: req.headers.clone(),
        extensions: http::Extensions::new(),
        credentials: req.credentials.clone(),
        region: req.region.clone(),
        service: req.service.clone(),
        trailing_headers: None,
    }
}

/// The write that makes a copy: the source's bytes, with its metadata or with the request's where that says REPLACE.
fn copied(input: CopyObjectInput, source: GetObjectOutput) -> PutObjectInput {
    let replace = input.metadata_directive.is_some_and(|directive| directive.as_str() == MetadataDirective::REPLACE);
    let mut put = PutObjectInput {
        bucket: input.bucket,
        key: input.key,
        body: source.body,
        content_length: source.content_length,
        ..PutObjectInput::default()
    };
    if replace {
        put.metadata = input.metadata;
        put.content_type = input.content_type;
        put.content_encoding = input.content_encoding;
        put.content_disposition = input.content_disposition;
        put.cache_control = input.cache_control;
    } else {
        put.metadata = source.metadata;
        put.content_type = source.content_type;
        put.content_encoding = source.content_encoding;
        put.content_disposition = source.content_disposition;
        put.cache_control = source.cache_control;
    }
    put
}
