//! The tasks service: `serve` (the default), `migrate` and others.

use labelmesh_service::{no_keys, run_main};

fn main() -> std::process::ExitCode {
    run_main("tasks", tasks::start, tasks::migrate, no_keys)
}
