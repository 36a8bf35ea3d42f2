//! `labelmesh whoami`: who is signed in, and where.

use labelmesh_sdk::users::GetMeRequest;

use crate::{
    exit::Failure,
    output::{self, Output},
    session::Account,
};

/// Show who is signed in, where, and what they may do.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh whoami
  labelmesh whoami --json")]
pub(crate) struct Options {}

pub(crate) async fn run(_: &Options, account: &Account, output: Output) -> Result<(), Failure> {
    let me = account.client()?.get_me(GetMeRequest {}).await?;
    let server = account.address()?;
    let mut json = output::json(&me);
    json["server"] = server.clone().into();
    output.result(&json, || format!("{}\nserver   {server}", super::users::person(&me)))
}
