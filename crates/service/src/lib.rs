//! labelmesh-service
