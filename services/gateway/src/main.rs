//! The gateway's binary.

use labelmesh_service::{no_keys, no_migration, run_main};

fn main() -> std::process::ExitCode {
    run_main("gateway", gateway::start, no_migration, no_keys)
}
