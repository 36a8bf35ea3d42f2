//! labelmesh-ids
