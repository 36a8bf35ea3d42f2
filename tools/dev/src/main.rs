#![doc = include_str!("../README.md")]

mod backup;
mod demo;
mod running;
mod scale;
mod secrets;
mod serve;
mod test;
mod token;
mod up;

use std::{iter, process::ExitCode};

use clap::Parser;
use labelmesh_cluster::{Service, Settings};

/// Labelmesh on one machine.
#[derive(Debug, Parser)]
#[command(name = "dev", disable_version_flag = true)]
enum Command {
    /// Start everything, label bundled digits with simulated people, print how it went.
    Demo(demo::Options),
    /// Start everything and keep it running and its data kept, until Ctrl-C.
    Up(up::Options),
    /// Run all tests against real servers.
    Test {
        /// For cargo test.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Print a token for a service's own port of the running `up`.
    Token(token::Options),
    /// Copy everything that the running `up` keeps to a folder.
    Backup(backup::Options),
    /// Make the data of `up` of such a copy.
    Restore(backup::Options),
    /// Make all secrets of an installation on Kubernetes.
    Secrets(secrets::Options),
    /// Measure.
    Bench {
        /// For the benchmarks.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Be one of the services, as the environment configures it.
    #[command(hide = true)]
    Serve {
        /// Which.
        service: Service,
    },
    /// Be a worker of renditions, as the environment configures it.
    #[command(hide = true)]
    Worker {
        /// What the service's own command takes.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Bring the database of one of the services to the present schema, and end.
    #[command(hide = true)]
    Migrate {
        /// Which.
        service: Service,
    },
    /// Do what there is to do about the keys of one of the services, and end.
    #[command(hide = true)]
    Keys {
        /// Which.
        service: Service,
        /// What; nothing lists them.
        command: Vec<String>,
    },
}

fn main() -> ExitCode {
    let command = match Command::parse() {
        Command::Serve { service } => return serve::run_service(service, &["serve"]),
        Command::Worker { arguments } => {
            let command: Vec<_> = iter::once("worker").chain(arguments.iter().map(String::as_str)).collect();
            return serve::run_service(Service::Renditions, &command);
        }
        Command::Migrate { service } => return serve::run_service(service, &["migrate"]),
        Command::Keys { service, command } => {
            let command: Vec<_> = iter::once("keys").chain(command.iter().map(String::as_str)).collect();
            return serve::run_service(service, &command);
        }
        command => command,
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    runtime.block_on(run(command)).unwrap_or_else(|error| fail(&error))
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    let settings = || anyhow::Ok(Settings { given_servers: true, ..Settings::new(std::env::current_exe()?) });
    match command {
        Command::Demo(options) => demo::run(options, settings()?).await?,
        Command::Up(options) => up::run(options, settings()?).await?,
        Command::Test { arguments } => return test::run(&arguments).await,
        Command::Token(options) => token::run(options).await?,
        Command::Backup(options) => backup::back_up(&options).await?,
        Command::Restore(options) => backup::restore(&options)?,
        Command::Secrets(options) => secrets::run(&options)?,
        Command::Bench { arguments } => return test::bench(&arguments).await,
        Command::Serve { .. } | Command::Worker { .. } | Command::Migrate { .. } | Command::Keys { .. } => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("dev: {error:#}");
    ExitCode::FAILURE
}
