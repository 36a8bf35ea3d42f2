//! `labelmesh second-factor`: codes of an authenticator, asked for beside the password.

use clap::Subcommand;
use labelmesh_sdk::auth::{
    ConfirmSecondFactorRequest, EnrolSecondFactorRequest, GetSecondFactorRequest, RemoveSecondFactorRequest,
    TakeSecondFactorRequest,
};

use crate::{
    exit::Failure,
    output::{Output, when},
    session::Account,
    terminal,
};

/// Have codes of an authenticator asked for when you sign in.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show whether codes are asked for, and how many recovery codes are left.
    Show,
    /// Make a secret for your authenticator, and show it this once.
    #[command(after_help = "Examples:
  labelmesh second-factor enrol
  labelmesh second-factor enrol --json | jq -r .uri | qrencode -t ansiutf8

The password is asked for without showing it, or is the first line of standard input. Codes are asked for when you have
confirmed the secret by one.")]
    Enrol {
        /// What the authenticator shows beside our name; the address you signed in with if left out.
        #[arg(long)]
        name: Option<String>,
    },
    /// Confirm the secret by a code of it, and show the recovery codes this once.
    #[command(after_help = "The code is asked for, or is the first line of standard input.")]
    Confirm,
    /// Have no codes asked for any more.
    #[command(
        after_help = "The password and a code (or a recovery code) are asked for, or are the first two lines of \
                            standard input."
    )]
    Off,
    /// Take the second factor from somebody who has lost the device, and end all their sessions; for administrators.
    #[command(after_help = "Example:\n  labelmesh second-factor take 01a2b3c4-...")]
    Take {
        /// The user's id.
        user: String,
    },
}

pub(crate) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    let client = account.client()?;
    match command {
        Command::Show => {
            let standing = client.get_second_factor(GetSecondFactorRequest {}).await?;
            output.message(&standing, || match &standing.on_since {
                Some(since) => format!(
                    "Codes are asked for since {}. Recovery codes left: {}.",
                    when(Some(since)),
                    standing.recovery_codes_left
                ),
                None => "No codes are asked for.".to_owned(),
            })
        }
        Command::Enrol { name } => {
            let kept = account.session()?.map(|session| session.email);
            let name = name.or(kept).unwrap_or_else(|| "account".to_owned());
            let password = terminal::password("Password").await?;
            let enrolled = client.enrol_second_factor(EnrolSecondFactorRequest { password, name }).await?;
            output.message(&enrolled, || {
                let (secret, uri) = (&enrolled.secret, &enrolled.uri);
                format!("secret   {secret}  (shown this once)\naddress  {uri}\n\nNow: labelmesh second-factor confirm")
            })
        }
        Command::Confirm => {
            let code = terminal::line("Code of your authenticator").await?;
            let confirmed = client.confirm_second_factor(ConfirmSecondFactorRequest { code }).await?;
            output.message(&confirmed, || {
                let codes = confirmed.recovery_codes.join("\n");
                format!("Codes are asked for from now on. Keep these, each good once without the device:\n\n{codes}")
            })
        }
        Command::Off => {
            let password = terminal::password("Password").await?;
            let code = terminal::line("Code of your authenticator, or a recovery code").await?;
            let removed = client.remove_second_factor(RemoveSecondFactorRequest { password, code }).await?;
            output.message(&removed, || "No codes are asked for any more.".to_owned())
        }
        Command::Take { user } => {
            let taken = client.take_second_factor(TakeSecondFactorRequest { user_id: user }).await?;
            output.message(&taken, || "They sign in with the password alone. Their sessions have ended.".to_owned())
        }
    }
}
