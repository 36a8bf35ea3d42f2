//! `auth keys`: what there is, and the next signing key before it is due.

use anyhow::{Result, bail};
use labelmesh_clock::{Clock, Random};
use labelmesh_seal::{Census, Sealer};
use labelmesh_service::config::load;
use sqlx::PgPool;

use crate::{
    app::{Keys, count_second_factors},
    config::Config,
    start::NAME,
    store::signing_keys,
};

/// Does a command about the keys: none prints what there is, and which seal has sealed how much; `rotate` makes the
/// next signing key before. It reads the service's own configuration, and needs its database alone.
///
/// # Errors
/// Fails where the command is another one, the configuration is not valid or the database does not answer.
pub async fn keys(command: &[&str]) -> Result<()> {
    let config: Config = load(NAME)?;
    let (pool, random) = (labelmesh_pg::connect(&config.database, NAME)?, Random::system());
    let sealer = Sealer::new(&config.signing_keys.seal, random.clone());
    let keys = Keys::new(pool.clone(), sealer.clone(), Clock::system(), random, config.signing_keys.rotation()?);
    match command {
        [] => {}
        ["rotate"] => keys.rotate_early().await?,
        other => bail!("{:?} is not a command about keys: none, generate or rotate", other.join(" ")),
    }
    for line in keys.told().await? {
        println!("{line}");
    }
    print!("{}", census(&pool, sealer).await?);
    Ok(())
}

/// What each seal has sealed.
async fn census(pool: &PgPool, sealer: Sealer) -> Result<Census> {
    let mut census = Census::new(sealer);
    signing_keys::count(&mut *pool.acquire().await?, &mut census).await?;
    count_second_factors(pool, &mut census).await?;
    Ok(census)
}
