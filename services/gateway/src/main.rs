//! The gateway's binary.

fn main() -> std::process::ExitCode {
    labelmesh_service::run_main("gateway", gateway::start, labelmesh_service::no_migration)
}
