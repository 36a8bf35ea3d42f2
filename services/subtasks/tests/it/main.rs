//! Subtasks against real PostgreSQL, NATS and S3.

mod alike;
mod crash;
mod deciding_again;
mod ending;
mod excluding;
mod gold;
mod holding;
mod importing;
mod independence;
mod lanes;
mod learning;
mod leasing;
mod my_votes;
mod over_grpc;
mod page_tokens;
mod population;
mod redeciding;
mod redeciding_over_grpc;
mod stage;
mod statistics;
mod taken_back;
mod task_order;
mod turns;
mod voting;
mod walk;
mod world;
