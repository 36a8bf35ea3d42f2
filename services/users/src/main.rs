//! The users service as a process.

fn main() -> std::process::ExitCode {
    labelmesh_service::run_main("users", users::start, users::migrate)
}
