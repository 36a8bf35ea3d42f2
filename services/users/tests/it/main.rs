//! Stories of the users service, told over gRPC against a real database.

mod finding;
mod idempotency;
mod looking_up;
mod reading;
mod seeding;
mod signing_up;
mod support;
