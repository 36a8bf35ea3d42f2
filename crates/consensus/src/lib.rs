//! labelmesh-consensus
