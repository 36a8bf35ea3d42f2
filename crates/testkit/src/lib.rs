//! labelmesh-testkit
