//! The subtasks service as a process.

fn main() -> std::process::ExitCode {
    labelmesh_service::run_main("subtasks", subtasks::start, subtasks::migrate, subtasks::keys)
}
