//! labelmesh-identity
