//! The accounts that `./dev up` has ready, and signing in as one of them.

use anyhow::Context as _;
use labelmesh_sdk::{Client, users::CreateUserRequest};

/// The seeded administrator.
pub const ADMINISTRATOR: &str = "admin@labelmesh.example";

/// What an account may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Submits tasks.
    Client,
    /// Labels.
    Operator,
    /// Administers.
    Administrator,
}

/// An account that is there to be used.
#[derive(Debug, Clone)]
pub struct Account {
    /// What it may do.
    pub role: Role,
    /// Its e-mail address.
    pub email: String,
    /// Its password.
    pub password: String,
}

/// The accounts of a system: the seeded administrator, and a client and an operator with the same password.
#[must_use]
pub fn accounts(administrator_password: &str) -> Vec<Account> {
    let account =
        |role, email: &str| Account { role, email: email.to_owned(), password: administrator_password.to_owned() };
    vec![
        account(Role::Client, "client@labelmesh.example"),
        account(Role::Operator, "operator@labelmesh.example"),
        account(Role::Administrator, ADMINISTRATOR),
    ]
}

/// Signs the client and the operator up, unless they are.
///
/// # Errors
/// If the gateway refuses.
pub async fn sign_up(gateway: &str, administrator_password: &str) -> anyhow::Result<()> {
    let client = Client::new(gateway)?;
    for account in accounts(administrator_password) {
        let (name, role) = match account.role {
            Role::Client => ("Chris", labelmesh_sdk::Role::Client),
            Role::Operator => ("Otto", labelmesh_sdk::Role::Operator),
            // The users service seeds it.
            Role::Administrator => continue,
        };
        let user = CreateUserRequest {
            email: account.email.clone(),
            password: account.password,
            name: name.to_owned(),
            roles: vec![role.into()],
            ..CreateUserRequest::default()
        };
        match client.create_user(user).await {
            Ok(_) => {}
            Err(error) if error.reason() == "EMAIL_TAKEN" => {}
            Err(error) => return Err(error).with_context(|| format!("can't sign {} up", account.email)),
        }
    }
    Ok(())
}
