//! The main function of every service.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use labelmesh_clock::{Clock, Random};
use serde::de::DeserializeOwned;
use tokio::signal::unix::{SignalKind, signal};

use crate::{Basics, Handle, config, telemetry};

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

/// Runs the service `name` as this process's command line says: `serve` (the default) or `migrate`.
pub fn run_main<C, S, M>(name: &'static str, start: S, migrate: M) -> ExitCode
where
    C: DeserializeOwned,
    S: AsyncFnOnce(C, Surroundings) -> Result<Handle>,
    M: AsyncFnOnce(&str) -> Result<()>,
{
    run(name, std::env::args().nth(1).as_deref(), start, migrate)
}

/// Runs a command of the service `name`: `serve`, which is also meant by none, or `migrate`.
pub fn run<C, S, M>(name: &'static str, command: Option<&str>, start: S, migrate: M) -> ExitCode
where
    C: DeserializeOwned,
    S: AsyncFnOnce(C, Surroundings) -> Result<Handle>,
    M: AsyncFnOnce(&str) -> Result<()>,
{
    let result = runtime().and_then(|runtime| {
        runtime.block_on(async {
            match command {
                None | Some("serve") => serve(name, start).await,
                Some("migrate") => migrate(&config::migrate_url(name)?).await,
                Some(other) => bail!("{other:?} is not a command of {name}: serve (the default) or migrate"),
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
///
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
