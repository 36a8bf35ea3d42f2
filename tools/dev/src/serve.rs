//! `serve SERVICE` and `migrate SERVICE`: this process is that service, or brings its database up to date.

use std::process::ExitCode;

use labelmesh_cluster::Service;
use labelmesh_service::{no_migration, run};

/// Does what the service's own binary does when it is given this command.
#[must_use]
pub(crate) fn run_service(service: Service, command: &str) -> ExitCode {
    let name = service.name();
    let command = &[command];
    match service {
        Service::Gateway => run(name, command, gateway::start, no_migration),
        Service::Auth => run(name, command, auth::start, auth::migrate),
        Service::Users => run(name, command, users::start, users::migrate),
        Service::Tasks => run(name, command, tasks::start, tasks::migrate),
        Service::Subtasks => run(name, command, subtasks::start, subtasks::migrate),
        Service::Notify => run(name, command, notify::start, notify::migrate),
    }
}
