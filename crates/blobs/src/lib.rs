//! labelmesh-blobs
