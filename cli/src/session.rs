//! Who is signed in where: kept in a file that nobody else can read, or given by the environment.

use std::{
    env, fs,
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::PathBuf,
};

use labelmesh_sdk::{Client, address};
use serde::{Deserialize, Serialize};

use crate::exit::{Exit, Failure};

/// What this program calls itself.
const AGENT: &str = concat!("labelmesh/", env!("CARGO_PKG_VERSION"));

/// Where this program looks for a server if nothing else is said: `./dev up` starts one there.
const DEFAULT_SERVER: &str = "http://127.0.0.1:8080";
const DEFAULT_PROFILE: &str = "default";
/// The command that makes a session.
const LOGIN: &str = "labelmesh login";

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Session {
    pub(crate) server: String,
    pub(crate) email: String,
    pub(crate) token: String,
    pub(crate) expires_at: String,
}

/// What was said about server and account: flags, or the environment.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Server and account")]
pub(crate) struct Account {
    /// The server's address; otherwise the one signed in to.
    #[arg(long, global = true, env = "LABELMESH_SERVER", value_name = "ADDRESS", hide_env_values = true)]
    pub(crate) server: Option<String>,
    /// Which of several sessions to use: each name keeps one of its own.
    #[arg(long, global = true, env = "LABELMESH_PROFILE", value_name = "NAME", default_value = DEFAULT_PROFILE)]
    #[arg(hide_env_values = true, value_parser = profile)]
    pub(crate) profile: String,
}

/// A profile's name becomes a file's.
fn profile(name: &str) -> Result<String, String> {
    let fits = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if fits { Ok(name.to_owned()) } else { Err("letters, digits, '-' and '_' only".to_owned()) }
}

impl Account {
    /// The server for whoever is signed in.
    ///
    /// # Errors
    /// If nobody is.
    pub(crate) fn client(&self) -> Result<Client, Failure> {
        if let Some(token) = environment_token() {
            return Ok(at(&self.address()?)?.with_token(&token));
        }
        let failure = Failure::new(Exit::NotSignedIn, "not signed in");
        let session = self.session()?.ok_or_else(|| failure.remedy(LOGIN))?;
        let server = self.address()?;
        // A token is nobody's business but the server's that gave it.
        if server != session.server {
            let message = format!("not signed in to {server}, but to {}", session.server);
            let remedy = format!("{LOGIN} --server {server}");
            return Err(Failure::new(Exit::NotSignedIn, message).remedy(remedy));
        }
        Ok(at(&server)?.with_token(&session.token))
    }

    /// The server for nobody in particular.
    pub(crate) fn public(&self) -> Result<Client, Failure> {
        at(&self.address()?)
    }

    /// The server's address: as said, or the one signed in to, or the one of this machine.
    pub(crate) fn address(&self) -> Result<String, Failure> {
        match (&self.server, self.session()?) {
            (Some(server), _) => Ok(address(server)?),
            (None, Some(session)) => Ok(session.server),
            (None, None) => Ok(DEFAULT_SERVER.to_owned()),
        }
    }

    /// The session that is kept, if there is one.
    pub(crate) fn session(&self) -> Result<Option<Session>, Failure> {
        let path = self.path()?;
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::file(&path, &error)),
        };
        let damaged = |error| {
            let failure = Failure::new(Exit::NotSignedIn, format!("{} is damaged: {error}", path.display()));
            failure.remedy(LOGIN)
        };
        serde_json::from_slice(&text).map(Some).map_err(damaged)
    }

    /// Keeps a session, readable for its owner alone from the first byte on.
    pub(crate) fn keep(&self, session: &Session) -> Result<PathBuf, Failure> {
        let path = self.path()?;
        let write = || {
            let folder = path.parent().unwrap_or(&path);
            fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            let new = path.with_extension("new");
            let _ = fs::remove_file(&new);
            let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
            file.write_all(serde_json::to_string_pretty(session)?.as_bytes())?;
            file.sync_all()?;
            fs::rename(new, &path)
        };
        write().map_err(|error| Failure::file(&path, &error))?;
        Ok(path)
    }

    /// Forgets the session that is kept.
    pub(crate) fn forget(&self) -> Result<(), Failure> {
        let path = self.path()?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::file(&path, &error)),
            _ => Ok(()),
        }
    }

    /// The same failure, whose remedy is a command for this account.
    pub(crate) fn remedied(&self, failure: Failure) -> Failure {
        let command = |remedy: String| match self.profile.as_str() {
            DEFAULT_PROFILE => remedy,
            profile => remedy.replace("labelmesh ", &format!("labelmesh --profile {profile} ")),
        };
        Failure { remedy: failure.remedy.map(command), ..failure }
    }

    fn path(&self) -> Result<PathBuf, Failure> {
        let absolute = |name: &str| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let folder = absolute("XDG_CONFIG_HOME").or_else(|| Some(absolute("HOME")?.join(".config")));
        let folder = folder.ok_or_else(|| {
            let failure = Failure::new(Exit::Usage, "neither XDG_CONFIG_HOME nor HOME says where to keep a session");
            failure.remedy("setting LABELMESH_TOKEN, which needs no file")
        })?;
        Ok(folder.join("labelmesh").join(format!("{}.json", self.profile)))
    }
}

/// The server at an address, for nobody in particular.
fn at(server: &str) -> Result<Client, Failure> {
    Ok(Client::builder(server).agent(AGENT).build()?)
}

/// A token from the environment goes before everything that is kept.
pub(crate) fn environment_token() -> Option<String> {
    env::var("LABELMESH_TOKEN").ok().filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remedy_is_a_command_for_the_same_account() {
        let remedy = |profile: &str| {
            let account = Account { server: None, profile: profile.to_owned() };
            account.remedied(Failure::new(Exit::NotSignedIn, "not signed in").remedy(LOGIN)).remedy
        };
        assert_eq!(remedy(DEFAULT_PROFILE).as_deref(), Some("labelmesh login"));
        assert_eq!(remedy("bob").as_deref(), Some("labelmesh --profile bob login"));
    }
}
