//! labelmesh-events
