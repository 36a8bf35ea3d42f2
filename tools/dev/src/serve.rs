//! `serve <service>`: this process is that service.

use std::process::ExitCode;

use labelmesh_service::{no_migration, run};

use crate::Service;

/// Serves until SIGTERM, as the service's own binary would.
#[must_use]
pub fn run_service(service: Service) -> ExitCode {
    let serve = &["serve"];
    match service {
        Service::Gateway => run("gateway", serve, gateway::start, no_migration),
        Service::Auth => run("auth", serve, auth::start, auth::migrate),
        Service::Users => run("users", serve, users::start, users::migrate),
        Service::Tasks => run("tasks", serve, tasks::start, tasks::migrate),
        Service::Subtasks => run("subtasks", serve, subtasks::start, subtasks::migrate),
        Service::Notify => run("notify", serve, notify::start, notify::migrate),
    }
}
