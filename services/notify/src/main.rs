//! The notify service as a process.

fn main() -> std::process::ExitCode {
    labelmesh_service::run_main("notify", notify::start, notify::migrate, notify::keys)
}
