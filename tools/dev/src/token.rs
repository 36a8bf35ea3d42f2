//! `./dev token`: a token for a service's own port, where the gateway's opaque ones mean nothing.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use labelmesh_cluster::{
    Keys, Service,
    accounts::{self, Role},
    exchange, signer,
};
use labelmesh_sdk::Client;

use crate::running::{Running, data_folder};

/// Whose token to print.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Options {
    /// The account to sign in as.
    #[arg(long = "as", value_name = "ROLE", required_unless_present = "service")]
    pub(crate) role: Option<Role>,
    /// Print a service's own token instead.
    #[arg(long, conflicts_with = "role")]
    pub(crate) service: Option<Service>,
    /// The service that is called with it: no other takes it.
    #[arg(long)]
    pub(crate) callee: Service,
    /// Where the running system keeps its data.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
}

/// Prints a token of the system that `./dev up` runs. It is valid for a minute.
///
/// A user's token is had the way the gateway has it: by signing in, and exchanging the session's token at auth.
///
/// # Errors
/// If nothing is running.
pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let data = options.data.unwrap_or_else(data_folder);
    let running = Running::read(&data)?;
    let keys = Keys::load(&data.join("keys.json"))?;
    let token = match (options.role, options.service) {
        (Some(role), _) => user_token(&running, &keys, role, options.callee).await?,
        (None, Some(service)) => signer(&keys, service)?.sign(options.callee.name()),
        (None, None) => bail!("say --as ROLE or --service NAME"),
    };
    println!("{token}");
    Ok(())
}

async fn user_token(running: &Running, keys: &Keys, role: Role, callee: Service) -> anyhow::Result<String> {
    let account = accounts::accounts(keys.administrator_password()).into_iter().find(|account| account.role == role);
    let account = account.context("there is an account of each role")?;
    let client = Client::new(&running.gateway)?;
    let session = client.sign_in(&account.email, &account.password).await.with_context(|| {
        format!("{} can't sign in at {}: is ./dev up still running?", account.email, running.gateway)
    })?;
    exchange(keys, &running.auth, session.token().unwrap_or_default(), callee).await
}
