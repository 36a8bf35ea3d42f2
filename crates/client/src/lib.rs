//! labelmesh-client
