//! labelmesh-seal
