//! The auth service as a process.

fn main() -> std::process::ExitCode {
    labelmesh_service::run_main("auth", auth::start, auth::migrate, auth::keys)
}
