//! `labelmesh keys`: API keys, for programs.

use clap::{Subcommand, value_parser};
use labelmesh_clock::Clock;
use labelmesh_sdk::{
    Client, Timestamp,
    auth::{ApiKey, CreateApiKeyRequest, CreateApiKeyResponse, ListApiKeysRequest, RevokeApiKeyRequest},
};

use super::users::Role;
use crate::{
    exit::Failure,
    limit,
    output::{Output, print, print_json, table, when, word},
    session::Account,
};

/// Make API keys for programs, see them, and revoke them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a key, and show its secret this once.
    #[command(after_help = "Examples:
  labelmesh keys create --name 'nightly export' --role client
  LABELMESH_TOKEN=$(labelmesh keys create --name ci --role client --days 30 --json | jq -r .secret)

A program that has LABELMESH_TOKEN (and LABELMESH_SERVER) set to the key and the server needs no login. A key can do
what its roles allow, as long as you have them too. It can't change your password, make keys or end sessions. It goes
on when you sign out or change your password, until it is revoked or expires.")]
    Create {
        /// What it is for.
        #[arg(long)]
        name: String,
        /// What whoever has it may do, among what you may; may be given more than once.
        #[arg(long = "role", required = true)]
        roles: Vec<Role>,
        /// For how many days it is good.
        #[arg(long, default_value_t = 90, value_parser = value_parser!(u32).range(1..=365))]
        days: u32,
    },
    /// List the keys that are good, the newest first.
    #[command(after_help = "Examples:
  labelmesh keys list
  labelmesh keys list --user 01a2b3c4-...      # for administrators")]
    List {
        /// Whose: yours if left out.
        #[arg(long, value_name = "USER", default_value = "", hide_default_value = true)]
        user: String,
        /// At most so many.
        #[arg(long, default_value_t = 50, value_parser = limit::parser())]
        limit: usize,
    },
    /// Revoke a key: yours, or anyone's for administrators.
    #[command(after_help = "Example:\n  labelmesh keys revoke 01a2b3c4-...")]
    Revoke {
        /// The key's id.
        key: String,
    },
}

pub(crate) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    let client = account.client()?;
    match command {
        Command::Create { name, roles, days } => {
            let seconds = Clock::system().now().timestamp() + i64::from(days) * 24 * 60 * 60;
            let (roles, expires_at) = (Role::in_contract(&roles), Some(Timestamp { seconds, nanos: 0 }));
            let made = client.create_api_key(CreateApiKeyRequest { name, expires_at, roles }).await?;
            output.message(&made, || shown(&made))
        }
        Command::List { user, limit } => list(&client, user, limit, output).await,
        Command::Revoke { key } => {
            let revoked = client.revoke_api_key(RevokeApiKeyRequest { api_key_id: key }).await?;
            output.message(&revoked, || "The key is revoked.".to_owned())
        }
    }
}

fn shown(made: &CreateApiKeyResponse) -> String {
    let key = made.api_key.clone().unwrap_or_default();
    let lines = [
        format!("secret   {}  (shown this once)", made.secret),
        format!("name     {}", key.name),
        format!("roles    {}", roles(&key)),
        format!("id       {}", key.api_key_id),
        format!("expires  {}", when(key.expires_at.as_ref())),
    ];
    lines.join("\n")
}

async fn list(client: &Client, user_id: String, limit: usize, output: Output) -> Result<(), Failure> {
    let request = ListApiKeysRequest { user_id, page_size: limit::page(limit), ..Default::default() };
    let mut keys = limit::first(client.list_api_keys_all(request), limit).await?;
    limit::cut(&mut keys, limit, output);
    if output.json {
        return print_json(&keys);
    }
    if keys.is_empty() {
        output.note("There is no key.");
        return Ok(());
    }
    let row = |key: &ApiKey| {
        let used = key.last_used_at.as_ref();
        vec![
            key.api_key_id.clone(),
            key.name.clone(),
            roles(key),
            used.map_or_else(|| "never".to_owned(), |used| when(Some(used))),
            when(key.expires_at.as_ref()),
        ]
    };
    let rows: Vec<_> = keys.iter().map(row).collect();
    print(&[table(&["key", "name", "roles", "last used", "expires"], &rows)])
}

fn roles(key: &ApiKey) -> String {
    key.roles().map(|role| word(role.as_str_name(), "ROLE_")).collect::<Vec<_>>().join(", ")
}
