//! The users service as a process.

use labelmesh_service::{no_keys, run_main};

fn main() -> std::process::ExitCode {
    run_main("users", users::start, users::migrate, no_keys)
}
