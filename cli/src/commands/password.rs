//! `labelmesh password`: another password.

use clap::Subcommand;
use labelmesh_sdk::auth::{ChangePasswordRequest, RequestPasswordResetRequest, ResetPasswordRequest};

use crate::{exit::Failure, output::Output, session::Account, terminal};

/// Change your password. All your other sessions end; API keys go on.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  labelmesh password
  labelmesh password < passwords.txt      # the old one, and the new one in the line below
  labelmesh password --revoke-keys        # where the old one has become known
  labelmesh password forgot ann@example.com

Both are asked for without showing them, the new one twice."
)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    keys: Keys,
}

#[derive(Debug, clap::Args)]
struct Keys {
    /// Revoke all your API keys too.
    #[arg(long)]
    revoke_keys: bool,
}

/// Where the old one is forgotten.
#[derive(Debug, Subcommand)]
enum Command {
    /// Have a link mailed by which a forgotten password is replaced.
    Forgot {
        /// The e-mail address of the account.
        email: String,
    },
    /// Replace a forgotten password, by the token that was mailed. All your sessions end; API keys go on.
    #[command(after_help = "Examples:
  labelmesh password reset lmr_...
  labelmesh password reset lmr_... < password.txt")]
    Reset {
        /// The token.
        token: String,
        #[command(flatten)]
        keys: Keys,
    },
}

pub(crate) async fn run(options: Options, account: &Account, output: Output) -> Result<(), Failure> {
    let revoke = match options.command {
        None => options.keys.revoke_keys,
        Some(Command::Forgot { email }) => {
            let request = RequestPasswordResetRequest { email };
            let asked = account.public()?.request_password_reset(request).await?;
            return output.message(&asked, || "If there is such an account, a mail is on its way.".to_owned());
        }
        Some(Command::Reset { token, keys }) => return reset(token, keys.revoke_keys, account, output).await,
    };
    let client = account.client()?;
    let old_password = terminal::password("Old password").await?;
    let new_password = terminal::new_password().await?;
    let request = ChangePasswordRequest { old_password, new_password, revoke_api_keys: revoke };
    let changed = client.change_password(request).await?;
    let sessions = match changed.ended {
        0 => String::new(),
        1 => " Your other session has ended.".to_owned(),
        ended => format!(" Your {ended} other sessions have ended."),
    };
    output.message(&changed, || format!("Changed.{sessions}{}", revoked(revoke, changed.revoked)))
}

async fn reset(token: String, revoke: bool, account: &Account, output: Output) -> Result<(), Failure> {
    let new_password = terminal::new_password().await?;
    let request = ResetPasswordRequest { token, new_password, revoke_api_keys: revoke };
    let changed = account.public()?.reset_password(request).await?;
    let more = revoked(revoke, changed.revoked);
    output.message(&changed, || format!("Changed. All your sessions have ended: labelmesh login.{more}"))
}

fn revoked(asked: bool, revoked: u32) -> String {
    if asked { format!(" API keys revoked: {revoked}.") } else { String::new() }
}
