//! labelmesh-errors
