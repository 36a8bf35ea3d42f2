//! `labelmesh signup`: a new account.

use labelmesh_sdk::users::CreateUserRequest;

use super::{login::sign_in, users::Role};
use crate::{exit::Failure, output::Output, session::Account, terminal};

/// Create an account of your own and sign in to it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  labelmesh signup --email ann@example.com --role client
  labelmesh signup --email bob@example.com --name Bob --role operator
  labelmesh signup --email eve@example.com --role client --role operator < password.txt

The password (8 to 72 bytes) is asked for twice without showing it, or is the first line of standard input.")]
pub(crate) struct Options {
    /// The e-mail address.
    #[arg(long)]
    email: String,
    /// The given name.
    #[arg(long, default_value = "")]
    name: String,
    /// The family name.
    #[arg(long, default_value = "")]
    surname: String,
    /// What you want to be; may be given more than once.
    #[arg(long = "role", required = true)]
    roles: Vec<Role>,
}

pub(crate) async fn run(options: &Options, account: &Account, output: Output) -> Result<(), Failure> {
    let password = terminal::new_password().await?;
    let Options { email, name, surname, roles } = options;
    let request = CreateUserRequest {
        email: email.clone(),
        password: password.clone(),
        name: name.clone(),
        surname: surname.clone(),
        roles: Role::in_contract(roles),
        ..CreateUserRequest::default()
    };
    let user = account.public()?.create_user(request).await?;
    let session = sign_in(account, email, &password).await?;
    let more = match user.unconfirmed {
        true => " Confirm the address by the mail that was sent to it; until then you can do little.",
        false => "",
    };
    output.message(&user, || format!("Welcome. Signed in to {} as {email}.{more}", session.server))
}
