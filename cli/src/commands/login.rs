//! `labelmesh login`: signs in and keeps the session.

use labelmesh_sdk::auth::LoginRequest;
use serde_json::json;

use crate::{
    exit::Failure,
    output::Output,
    session::{Account, Session},
    terminal,
};

/// Sign in and keep the session in a file that only you can read.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh login --email ann@example.com
  labelmesh login --server https://labels.example --email ann@example.com
  labelmesh login --email ann@example.com < password.txt
  labelmesh login --profile bob --email bob@example.com      # a second session beside the first

The password is asked for without showing it, or is the first line of standard input. Where the account has a second
factor a code is asked for too, or is the line below. The session is kept in
$XDG_CONFIG_HOME/labelmesh (~/.config/labelmesh), with mode 0600. Scripts can do without any file: with
LABELMESH_SERVER and LABELMESH_TOKEN set, no login is needed.")]
pub(crate) struct Options {
    /// The e-mail address; asked for if left out.
    #[arg(long)]
    email: Option<String>,
}

pub(crate) async fn run(options: &Options, account: &Account, output: Output) -> Result<(), Failure> {
    let email = match &options.email {
        Some(email) => email.clone(),
        None => terminal::line("E-mail").await?,
    };
    let password = terminal::password(&format!("Password of {email}")).await?;
    let session = sign_in(account, &email, &password).await?;
    let json = json!({"server": session.server, "email": session.email, "expiresAt": session.expires_at});
    output.result(&json, || format!("Signed in to {} as {}.", session.server, session.email))
}

/// Signs in and keeps the session.
pub(super) async fn sign_in(account: &Account, email: &str, password: &str) -> Result<Session, Failure> {
    let request = LoginRequest { email: email.to_owned(), password: password.to_owned(), ..Default::default() };
    let server = account.public()?;
    let begun = match server.login(request.clone()).await {
        Err(refused) if refused.reason() == "SECOND_FACTOR_WANTED" => {
            let code = terminal::line("Code of your authenticator, or a recovery code").await?;
            server.login(LoginRequest { code, ..request }).await?
        }
        answer => answer?,
    };
    let expires_at = begun.expires_at.map(|time| time.to_string()).unwrap_or_default();
    let session = Session { server: account.address()?, email: email.to_owned(), token: begun.token, expires_at };
    account.keep(&session)?;
    Ok(session)
}
