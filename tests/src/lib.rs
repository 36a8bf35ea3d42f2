//! labelmesh-tests
