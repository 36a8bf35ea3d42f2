//! `labelmesh password`: another password.

use labelmesh_sdk::auth::ChangePasswordRequest;

use crate::{exit::Failure, output::Output, session::Account, terminal};

/// Change your password. All your other sessions end; API keys go on.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh password
  labelmesh password < passwords.txt      # the old one, and the new one in the line below
  labelmesh password --revoke-keys        # where the old one has become known

Both are asked for without showing them, the new one twice.")]
pub(crate) struct Options {
    /// Revoke all your API keys too.
    #[arg(long)]
    revoke_keys: bool,
}

pub(crate) async fn run(options: &Options, account: &Account, output: Output) -> Result<(), Failure> {
    let client = account.client()?;
    let old_password = terminal::password("Old password").await?;
    let new_password = terminal::new_password().await?;
    let revoke_api_keys = options.revoke_keys;
    let request = ChangePasswordRequest { old_password, new_password, revoke_api_keys };
    let changed = client.change_password(request).await?;
    let sessions = match changed.ended {
        0 => String::new(),
        1 => " Your other session has ended.".to_owned(),
        ended => format!(" Your {ended} other sessions have ended."),
    };
    let keys = if revoke_api_keys { format!(" API keys revoked: {}.", changed.revoked) } else { String::new() };
    output.message(&changed, || format!("Changed.{sessions}{keys}"))
}
