//! `labelmesh users`: administering people, as far as the contract goes.

use clap::{Subcommand, ValueEnum};
use serde_json::json;

use crate::{
    api::{Rpc, User, parse},
    exit::Failure,
    output::{Output, when},
    session::Account,
    terminal,
};

/// Administer people.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show a person: yourself, or anyone for administrators.
    #[command(after_help = "Example:\n  labelmesh users get 01a2b3c4-...")]
    Get {
        /// The person's id.
        user: String,
    },
    /// Create an account for somebody else; administrators may give any role.
    #[command(after_help = "Examples:
  labelmesh users create --email carl@example.com --role administrator
  labelmesh users create --email dora@example.com --role operator --json < password.txt")]
    Create {
        /// The e-mail address.
        #[arg(long)]
        email: String,
        /// The given name.
        #[arg(long, default_value = "")]
        name: String,
        /// The family name.
        #[arg(long, default_value = "")]
        surname: String,
        /// What the person may do; may be given more than once.
        #[arg(long = "role", required = true)]
        roles: Vec<Role>,
    },
}

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Submits tasks and takes the labeled sets away.
    Client,
    /// Labels images.
    Operator,
    /// Administers people and sees everything.
    Administrator,
}

impl Role {
    pub(super) fn in_contract(self) -> &'static str {
        match self {
            Self::Client => "ROLE_CLIENT",
            Self::Operator => "ROLE_OPERATOR",
            Self::Administrator => "ROLE_ADMINISTRATOR",
        }
    }
}

pub(crate) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    let api = account.api()?;
    let user = match command {
        Command::Get { user } => api.call(&Rpc::GET_USER, &[&user], None).await?,
        Command::Create { email, name, surname, roles } => {
            let password = terminal::new_password().await?;
            let roles: Vec<&str> = roles.into_iter().map(Role::in_contract).collect();
            let body = json!({"email": email, "password": password, "name": name, "surname": surname, "roles": roles});
            api.call(&Rpc::CREATE_USER, &[], Some(&api.with_request_id(body))).await?
        }
    };
    let known: User = parse(&user)?;
    output.result(&user, || person(&known))
}

/// A person, a line for each thing known.
pub(super) fn person(user: &User) -> String {
    let roles: Vec<String> =
        user.roles.iter().map(|role| role.trim_start_matches("ROLE_").to_ascii_lowercase()).collect();
    let name = format!("{} {}", user.name, user.surname);
    let mut lines = vec![format!("e-mail   {}", user.email)];
    if !name.trim().is_empty() {
        lines.push(format!("name     {}", name.trim()));
    }
    lines.push(format!("roles    {}", roles.join(", ")));
    lines.push(format!("id       {}", user.user_id));
    lines.push(format!("since    {}", when(&user.created_at)));
    lines.join("\n")
}
