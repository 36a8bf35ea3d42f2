//! `notify keys`: what each key has sealed.

use anyhow::{Result, ensure};
use labelmesh_clock::Random;
use labelmesh_seal::Sealer;
use labelmesh_service::config::load;

use crate::{app::census, config::Config, start::NAME};

/// Prints how many secrets of webhooks each key has sealed. It reads the service's own configuration, and needs its
/// database alone. Nothing has to be done: what another key than the first has sealed is sealed anew by the service,
/// at its start and every hour.
///
/// # Errors
/// Fails where a command is given, the configuration is not valid or the database does not answer.
pub async fn keys(command: &[&str]) -> Result<()> {
    ensure!(command.is_empty(), "{:?} is not a command about keys: none or generate", command.join(" "));
    let config: Config = load(NAME)?;
    let pool = labelmesh_pg::connect(&config.database, NAME)?;
    print!("{}", census(&pool, Sealer::new(&config.webhook_key, Random::system())).await?);
    Ok(())
}
