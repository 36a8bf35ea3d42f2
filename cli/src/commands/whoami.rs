//! `labelmesh whoami`: who is signed in, and where.

use serde_json::Value;

use crate::{
    api::{Rpc, User, parse},
    exit::Failure,
    output::Output,
    session::Account,
};

/// Show who is signed in, where, and what they may do.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh whoami
  labelmesh whoami --json")]
pub(crate) struct Options {}

pub(crate) async fn run(_: &Options, account: &Account, output: Output) -> Result<(), Failure> {
    let mut me: Value = account.api()?.call(&Rpc::GET_ME, &[], None).await?;
    let server = account.address()?;
    me["server"] = server.clone().into();
    let user: User = parse(&me)?;
    output.result(&me, || format!("{}\nserver   {server}", super::users::person(&user)))
}
