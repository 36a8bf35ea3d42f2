//! `serve SERVICE`, `migrate SERVICE` and `keys SERVICE`: this process is that service, or does a chore of its.

use std::process::ExitCode;

use labelmesh_cluster::Service;
use labelmesh_service::{no_keys, no_migration, run};

/// Does what the service's own binary does when it is given this command.
#[must_use]
pub(crate) fn run_service(service: Service, command: &[&str]) -> ExitCode {
    let name = service.name();
    match service {
        Service::Gateway => run(name, command, gateway::start, no_migration, no_keys),
        Service::Auth => run(name, command, auth::start, auth::migrate, auth::keys),
        Service::Users => run(name, command, users::start, users::migrate, no_keys),
        Service::Tasks => run(name, command, tasks::start, tasks::migrate, no_keys),
        Service::Subtasks => run(name, command, subtasks::start, subtasks::migrate, subtasks::keys),
        Service::Renditions => renditions::run(command),
        Service::Notify => run(name, command, notify::start, notify::migrate, notify::keys),
    }
}
