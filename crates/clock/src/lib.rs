//! labelmesh-clock
