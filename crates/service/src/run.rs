//! The main function of every service.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use labelmesh_clock::{Clock, Random};
use serde::de::DeserializeOwned;
use tokio::signal::unix::{SignalKind, signal};

use crate::{Basics, Handle, config, dead_letters, keys, telemetry};

/// What a service does not make itself, so that tests can.
#[derive(Debug, Clone)]
pub struct Surroundings {
    /// Tells the time.
    pub clock: Clock,
    /// Draws random numbers.
    pub random: Random,
}

impl Surroundings {
    /// The real ones.
    #[must_use]
    pub fn system() -> Self {
        Self { clock: Clock::system(), random: Random::system() }
    }
}

/// Runs the service `name` as this process's command line says; see [`run`].
pub fn run_main<C, S, M, K>(name: &'static str, start: S, migrate: M, keys: K) -> ExitCode
where
    C: DeserializeOwned,
    S: AsyncFnOnce(C, Surroundings) -> Result<Handle>,
    M: AsyncFnOnce(&str) -> Result<()>,
    K: AsyncFnOnce(&[&str]) -> Result<()>,
{
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    run(name, &arguments.iter().map(String::as_str).collect::<Vec<_>>(), start, migrate, keys)
}

/// Runs a command of the service `name`: `serve`, which is also meant by none, `migrate`, `dead-letters`, `dead-letters
/// redrive`, `keys generate`, or another one about keys, which is the service's own.
pub fn run<C, S, M, K>(name: &'static str, command: &[&str], start: S, migrate: M, keys: K) -> ExitCode
where
    C: DeserializeOwned,
    S: AsyncFnOnce(C, Surroundings) -> Result<Handle>,
    M: AsyncFnOnce(&str) -> Result<()>,
    K: AsyncFnOnce(&[&str]) -> Result<()>,
{
    let result = runtime().and_then(|runtime| {
        runtime.block_on(async {
            match command {
                [] | ["serve"] => serve(name, start).await,
                ["migrate"] => migrate(&config::migrate_url(name)?).await,
                ["dead-letters"] => dead_letters::list(name).await,
                ["dead-letters", "redrive"] => dead_letters::redrive(name).await,
                ["keys", command @ ..] => keys::command(command, keys).await,
                other => bail!(
                    "{:?} is not a command of {name}: serve (the default), migrate, dead-letters, dead-letters redrive or \
                     keys",
                    other.join(" ")
                ),
            }
        })
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The migration of a service without a database.
///
/// # Errors
/// None.
pub async fn no_migration(_: &str) -> Result<()> {
    Ok(())
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().context("could not start the runtime")
}

async fn serve<C, S>(name: &'static str, start: S) -> Result<()>
where
    C: DeserializeOwned,
    S: AsyncFnOnce(C, Surroundings) -> Result<Handle>,
{
    // The section `basics` is read on its own first, so that whatever goes wrong later is logged as configured.
    let Section { basics } = config::load(name)?;
    let _telemetry = telemetry::init(name, &basics.telemetry)?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut handle = start(config::load(name)?, Surroundings::system()).await?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        ended = handle.wait() => return ended,
    }
    handle.shutdown().await
}

#[derive(serde::Deserialize)]
struct Section {
    #[serde(default)]
    basics: Basics,
}
