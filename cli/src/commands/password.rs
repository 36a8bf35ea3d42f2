//! `labelmesh password`: another password.

use labelmesh_sdk::auth::ChangePasswordRequest;

use crate::{exit::Failure, output::Output, session::Account, terminal};

/// Change your password. All your other sessions end.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh password
  labelmesh password < passwords.txt      # the old one, and the new one in the line below

Both are asked for without showing them, the new one twice.")]
pub(crate) struct Options {}

pub(crate) async fn run(_: &Options, account: &Account, output: Output) -> Result<(), Failure> {
    let client = account.client()?;
    let old_password = terminal::password("Old password").await?;
    let new_password = terminal::new_password().await?;
    let changed = client.change_password(ChangePasswordRequest { old_password, new_password }).await?;
    output.message(&changed, || match changed.ended {
        0 => "Changed.".to_owned(),
        1 => "Changed. Your other session has ended.".to_owned(),
        ended => format!("Changed. Your {ended} other sessions have ended."),
    })
}
