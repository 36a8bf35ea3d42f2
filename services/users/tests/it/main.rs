//! Stories of the users service, told over gRPC against a real database.

mod blocking;
mod changing;
mod finding;
mod groups;
mod idempotency;
mod looking_up;
mod reading;
mod seeding;
mod signing_up;
mod support;
