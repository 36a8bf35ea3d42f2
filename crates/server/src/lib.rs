//! labelmesh-server
