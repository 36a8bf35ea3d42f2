//! labelmesh-bench
