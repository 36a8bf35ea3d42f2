//! `subtasks keys`: which key the names of tasks are made with, and giving old tasks the new one.

use anyhow::{Result, bail};
use labelmesh_service::config::load;

use crate::{
    app::names::{self, Names},
    config::Config,
    start::NAME,
};

/// Does a command about the keys of names: none prints how many tasks have which; `rename` gives tasks that have ended
/// the first one, and `rename all` those that are open too. It reads the service's own configuration, and needs its
/// database alone.
///
/// # Errors
/// Fails where the command is another one, the configuration is not valid or the database does not answer.
pub async fn keys(command: &[&str]) -> Result<()> {
    let config: Config = load(NAME)?;
    let (pool, names) = (labelmesh_pg::connect(&config.database, NAME)?, Names::new(&config.pseudonym_key));
    let open_too = match command {
        [] => None,
        ["rename"] => Some(false),
        ["rename", "all"] => Some(true),
        other => bail!("{:?} is not a command about keys: none, generate, rename or rename all", other.join(" ")),
    };
    if let Some(open_too) = open_too {
        names::rename(&pool, &names, open_too).await?;
    }
    print!("{}", names::told(&pool, &names).await?);
    Ok(())
}
