//! Who may connect to a NATS server of ours: the users that are generated from the contract, with keys of this server.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Command;

use nkeys::KeyPair;

use crate::{Error, secret};

/// The same file as for production.
const USERS: &str = include_str!("../../../../deploy/nats/users.conf");
/// What begins the variables in it.
const VARIABLE: &str = "LABELMESH_NKEY_";

/// The users of a server, each with the seed of its key.
#[derive(Debug, Clone)]
pub(super) struct Users(Vec<User>);

#[derive(Debug, Clone)]
struct User {
    /// As in the file: the service's name in capitals.
    name: String,
    public: String,
    seed: String,
}

impl Users {
    /// Makes new keys for all.
    pub(super) fn generate() -> Result<Self, Error> {
        let variables = USERS.split('$').skip(1).filter_map(|rest| rest.split_whitespace().next());
        let users = variables.filter_map(|variable| variable.strip_prefix(VARIABLE)).map(|name| {
            let key = KeyPair::new_from_raw(nkeys::KeyPairType::User, secret::bytes()?);
            let failed = |error: nkeys::error::Error| std::io::Error::other(error.to_string());
            let (key, failure) = (key.map_err(failed), Error::io("could not make a key for", Path::new(name)));
            let key = key.and_then(|key| Ok((key.public_key(), key.seed().map_err(failed)?)));
            let (public, seed) = key.map_err(failure)?;
            Ok(User { name: name.to_owned(), public, seed })
        });
        Ok(Self(users.collect::<Result<_, Error>>()?))
    }

    /// The seed of a user's key: a service's name, or `administrator`.
    pub(super) fn seed(&self, user: &str) -> Option<&str> {
        let user = self.0.iter().find(|known| known.name.eq_ignore_ascii_case(user));
        user.map(|user| user.seed.as_str())
    }

    /// Writes down who may do what, for the server, and the administrator's seed, for people.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Error> {
        let users = folder.join("users.conf");
        fs::write(&users, USERS).map_err(Error::io("could not write", &users))?;
        let path = folder.join("administrator.nk");
        File::options()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(self.seed("administrator").unwrap_or_default().as_bytes()))
            .map_err(Error::io("could not write", &path))
    }

    /// Tells the server the public keys.
    pub(super) fn tell(&self, command: &mut Command) {
        command.envs(self.0.iter().map(|user| (format!("{VARIABLE}{}", user.name), &user.public)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_user_of_the_file_has_a_key_and_nobody_else_has() {
        let users = Users::generate().expect("keys");
        for user in ["gateway", "auth", "users", "tasks", "subtasks", "notify", "renditions", "administrator"] {
            assert!(users.seed(user).is_some_and(|seed| seed.starts_with("SU")), "{user}");
        }
        assert_eq!(users.0.len(), 8);
        assert!(users.seed("stranger").is_none());
    }
}
