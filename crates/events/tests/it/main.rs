//! Events against a real database and a real broker.

mod broadcast;
mod crashes;
mod dead_letters;
mod dead_letters_end;
mod fixture;
mod inbox;
mod lost_store;
mod permissions;
mod publishing;
mod signed;
mod taken_back;
mod tls;
mod tracing_context;
mod work;
