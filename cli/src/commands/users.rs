//! `labelmesh users`: administering people, as far as the contract goes.

use clap::{Subcommand, ValueEnum};
use futures::{StreamExt as _, TryStreamExt as _};
use serde_json::{Value, json};

use crate::{
    api::{Api, Rpc, User, parse},
    exit::Failure,
    limit,
    output::{Output, print, table, when},
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
    /// Find people, the newest first; for administrators. Filters are beginnings, in any case, and all must fit.
    #[command(after_help = "Examples:
  labelmesh users list
  labelmesh users list --surname lovel
  labelmesh users list --email ann@ --json | jq -r .userId")]
    List {
        /// How the e-mail address begins.
        #[arg(long, default_value = "", hide_default_value = true)]
        email: String,
        /// How the given name begins.
        #[arg(long, default_value = "", hide_default_value = true)]
        name: String,
        /// How the family name begins.
        #[arg(long, default_value = "", hide_default_value = true)]
        surname: String,
        /// At most so many.
        #[arg(long, default_value_t = 50, value_parser = limit::parser())]
        limit: usize,
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
        Command::List { email, name, surname, limit } => {
            return list(&api, &[("email", &email), ("name", &name), ("surname", &surname)], limit, output).await;
        }
        Command::Get { user } => {
            let found = api.call(&Rpc::GET_USER, &[&user], None).await;
            let by_address = || format!("labelmesh users list --email {user}");
            found.map_err(|failure| if user.contains('@') { failure.remedy(by_address()) } else { failure })?
        }
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

async fn list(api: &Api, filter: &[(&str, &str)], limit: usize, output: Output) -> Result<(), Failure> {
    let users = api.find(&Rpc::LIST_USERS, filter, "users", limit::and_one(limit));
    let mut users: Vec<Value> = users.boxed().try_collect().await?;
    limit::cut(&mut users, limit, output);
    if output.json {
        return print(&users.iter().map(Value::to_string).collect::<Vec<_>>());
    }
    if users.is_empty() {
        output.note("Nobody fits.");
        return Ok(());
    }
    let row = |user: &Value| {
        let user: User = parse(user)?;
        Ok(vec![user.user_id.clone(), name(&user), roles(&user), when(&user.created_at), user.email])
    };
    let rows = users.iter().map(row).collect::<Result<Vec<_>, Failure>>()?;
    print(&[table(&["user", "name", "roles", "since", "e-mail"], &rows)])
}

/// A person, a line for each thing known.
pub(super) fn person(user: &User) -> String {
    let mut lines = vec![format!("e-mail   {}", user.email)];
    if !name(user).is_empty() {
        lines.push(format!("name     {}", name(user)));
    }
    lines.push(format!("roles    {}", roles(user)));
    lines.push(format!("id       {}", user.user_id));
    lines.push(format!("since    {}", when(&user.created_at)));
    lines.join("\n")
}

fn name(user: &User) -> String {
    format!("{} {}", user.name, user.surname).trim().to_owned()
}

fn roles(user: &User) -> String {
    let roles = user.roles.iter().map(|role| role.trim_start_matches("ROLE_").to_ascii_lowercase());
    roles.collect::<Vec<_>>().join(", ")
}
