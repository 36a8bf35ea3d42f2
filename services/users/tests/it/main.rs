//! Stories of the users service, told over gRPC against a real database.

mod blocking;
mod changing;
mod confirming;
mod deleting;
mod finding;
mod groups;
mod idempotency;
mod looking_up;
mod own_data;
mod reading;
mod seeding;
mod signing_up;
mod support;
