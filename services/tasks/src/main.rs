//! The tasks service: `serve` (the default) or `migrate`.

fn main() -> std::process::ExitCode {
    labelmesh_service::run_main("tasks", tasks::start, tasks::migrate)
}
