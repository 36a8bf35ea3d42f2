//! labelmesh-dev
