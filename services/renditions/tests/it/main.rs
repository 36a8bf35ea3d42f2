//! The renditions service as its callers know it: real PostgreSQL, NATS and S3, calls over the wire, a real worker.

mod asking;
mod ending;
mod failing;
mod forgetting;
mod harness;
mod images;
mod pages;
mod portraits;
mod processes;
mod turns;
mod uploading;
