//! labelmesh-pg
