//! `labelmesh users`: administering people, as far as the contract goes.

use clap::{Subcommand, ValueEnum};
use labelmesh_sdk::{
    Client,
    users::{
        BlockUserRequest, ConfirmEmailRequest, CreateUserRequest, DeleteUserRequest, GetUserRequest, ListUsersRequest,
        ResendConfirmationRequest, UnblockUserRequest, UpdateUserRequest, User,
    },
};

use crate::{
    exit::{Exit, Failure},
    limit,
    output::{Output, print, print_json, table, when, word},
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
    /// Change what is said about a person: yourself, or anyone for administrators.
    #[command(after_help = "Examples:
  labelmesh users update 01a2b3c4-... --name Ann --surname Byron
  labelmesh users update 01a2b3c4-... --surname ''          # empties it
  labelmesh users update 01a2b3c4-... --grant administrator --withdraw operator

What is not given stays. Roles are granted and withdrawn by administrators; they hold at once, also for whoever is
signed in.")]
    Update(Changes),
    /// Confirm an e-mail address, by the token that was mailed to it.
    #[command(after_help = "Example:\n  labelmesh users confirm lmc_...")]
    Confirm {
        /// The token.
        token: String,
    },
    /// Have what confirms your address mailed once more; what was mailed before is good for nothing then.
    Resend,
    /// Block a person: they are signed out everywhere and can't sign in; for administrators.
    #[command(after_help = "Example:\n  labelmesh users block 01a2b3c4-...")]
    Block {
        /// The person's id.
        user: String,
    },
    /// Let a blocked person sign in again; for administrators.
    #[command(after_help = "Example:\n  labelmesh users unblock 01a2b3c4-...")]
    Unblock {
        /// The person's id.
        user: String,
    },
    /// Delete a person for good, yourself or anyone for administrators: sessions, keys, groups, tasks with their
    /// pictures and results, webhooks and notifications go; votes stay under an id that stands for nobody.
    #[command(after_help = "Examples:
  labelmesh users delete 01a2b3c4-...          # asks for the e-mail address
  labelmesh users delete 01a2b3c4-... --yes

Take results away before: labelmesh tasks export TASK -o labels.csv")]
    Delete {
        /// The person's id.
        user: String,
        /// Don't ask.
        #[arg(long)]
        yes: bool,
    },
}

/// What to change of a person.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Fields {
    /// The e-mail address.
    #[arg(long)]
    email: Option<String>,
    /// The given name.
    #[arg(long)]
    name: Option<String>,
    /// The family name.
    #[arg(long)]
    surname: Option<String>,
    /// A role to have from now on; may be given more than once.
    #[arg(long, value_name = "ROLE")]
    grant: Vec<Role>,
    /// A role to have no longer; may be given more than once.
    #[arg(long, value_name = "ROLE")]
    withdraw: Vec<Role>,
}

/// Whom to change, and what.
#[derive(Debug, clap::Args)]
pub(crate) struct Changes {
    /// The person's id.
    user: String,
    #[command(flatten)]
    fields: Fields,
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
    /// Roles as the contract has them.
    pub(super) fn in_contract(roles: &[Self]) -> Vec<i32> {
        let role = |role: &Self| match role {
            Self::Client => labelmesh_sdk::Role::Client,
            Self::Operator => labelmesh_sdk::Role::Operator,
            Self::Administrator => labelmesh_sdk::Role::Administrator,
        };
        roles.iter().map(|known| role(known).into()).collect()
    }
}

pub(crate) async fn run(command: Command, account: &Account, output: Output) -> Result<(), Failure> {
    let client = match command {
        // Whoever has the mail need not be signed in here.
        Command::Confirm { .. } => account.public()?,
        _ => account.client()?,
    };
    let user = match command {
        Command::Confirm { token } => {
            let confirmed = client.confirm_email(ConfirmEmailRequest { token }).await?;
            return output.message(&confirmed, || "The address is confirmed.".to_owned());
        }
        Command::List { email, name, surname, limit } => {
            let request =
                ListUsersRequest { email, name, surname, page_size: limit::page(limit), ..Default::default() };
            return list(&client, request, limit, output).await;
        }
        Command::Delete { user, yes } => return delete(&client, user, yes, output).await,
        Command::Get { user } => {
            let found = client.get_user(GetUserRequest { user_id: user.clone() }).await.map_err(Failure::from);
            let by_address = || format!("labelmesh users list --email {user}");
            found.map_err(|failure| if user.contains('@') { failure.remedy(by_address()) } else { failure })?
        }
        Command::Create { email, name, surname, roles } => {
            let (password, roles) = (terminal::new_password().await?, Role::in_contract(&roles));
            let request = CreateUserRequest { email, password, name, surname, roles, ..Default::default() };
            client.create_user(request).await?
        }
        Command::Resend => {
            let resent = client.resend_confirmation(ResendConfirmationRequest {}).await?;
            return output
                .message(&resent, || "If your address is still to be confirmed, look into your mail.".to_owned());
        }
        Command::Update(changes) => update(&client, changes).await?,
        Command::Block { user } => client.block_user(BlockUserRequest { user_id: user, ..Default::default() }).await?,
        Command::Unblock { user } => {
            client.unblock_user(UnblockUserRequest { user_id: user, ..Default::default() }).await?
        }
    };
    output.message(&user, || person(&user))
}

/// Changes a person. Roles are changed from those that the person has at present, and only if they still have them
/// then.
async fn update(client: &Client, Changes { user, fields }: Changes) -> Result<User, Failure> {
    let Fields { email, name, surname, grant, withdraw } = fields;
    let mut request = UpdateUserRequest { user_id: user, email, name, surname, ..Default::default() };
    if !grant.is_empty() || !withdraw.is_empty() {
        let present = client.get_user(GetUserRequest { user_id: request.user_id.clone() }).await?;
        let (grant, withdraw) = (Role::in_contract(&grant), Role::in_contract(&withdraw));
        let mut roles = [present.roles, grant].concat();
        roles.sort_unstable();
        roles.dedup();
        roles.retain(|role| !withdraw.contains(role));
        if roles.is_empty() {
            return Err(Failure::new(Exit::Usage, "a person has at least one role"));
        }
        (request.roles, request.etag) = (roles, present.etag);
    }
    Ok(client.update_user(request).await?)
}

/// Deletes a person, unless whoever asks for it does not know whom.
async fn delete(client: &Client, user_id: String, yes: bool, output: Output) -> Result<(), Failure> {
    let mut etag = String::new();
    if !yes {
        let found = client.get_user(GetUserRequest { user_id: user_id.clone() }).await?;
        let asked = terminal::line(&format!("{}\nDelete for good? The e-mail address again", person(&found))).await?;
        if asked.trim() != found.email {
            return Err(Failure::new(Exit::Usage, "that is another address: nobody is deleted"));
        }
        etag = found.etag;
    }
    let deleted = client.delete_user(DeleteUserRequest { user_id, etag }).await?;
    output.message(&deleted, || "Deleted.".to_owned())
}

async fn list(client: &Client, request: ListUsersRequest, limit: usize, output: Output) -> Result<(), Failure> {
    let mut users = limit::first(client.list_users_all(request), limit).await?;
    limit::cut(&mut users, limit, output);
    if output.json {
        return print_json(&users);
    }
    if users.is_empty() {
        output.note("Nobody fits.");
        return Ok(());
    }
    let row = |user: &User| {
        let since = when(user.created_at.as_ref());
        let blocked = if user.blocked_at.is_some() { " (blocked)" } else { "" };
        vec![user.user_id.clone(), name(user), roles(user) + blocked, since, user.email.clone()]
    };
    let rows: Vec<_> = users.iter().map(row).collect();
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
    lines.push(format!("since    {}", when(user.created_at.as_ref())));
    if !user.pending_email.is_empty() {
        lines.push(format!("to be    {}, once it is confirmed", user.pending_email));
    }
    if user.unconfirmed {
        lines.push("address  not confirmed: labelmesh users resend, or look into your mail".to_owned());
    }
    if user.blocked_at.is_some() {
        lines.push(format!("blocked  {}", when(user.blocked_at.as_ref())));
    }
    lines.join("\n")
}

fn name(user: &User) -> String {
    format!("{} {}", user.name, user.surname).trim().to_owned()
}

fn roles(user: &User) -> String {
    user.roles().map(|role| word(role.as_str_name(), "ROLE_")).collect::<Vec<_>>().join(", ")
}
