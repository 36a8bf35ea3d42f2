use std::collections::BTreeMap;

use figment::Jail;
use serde::Deserialize;

use super::*;
use crate::Basics;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(default)]
    basics: Basics,
    password: String,
    #[serde(default)]
    peers: BTreeMap<String, labelmesh_client::Config>,
    #[serde(default)]
    roles: Vec<String>,
}

#[expect(clippy::result_large_err, reason = "the signature is figment's")]
fn in_jail(test: impl FnOnce(&mut Jail) -> Result<(), figment::Error>) {
    Jail::expect_with(test);
}

#[test]
fn variables_win_over_the_file_and_the_file_over_defaults() {
    in_jail(|jail| {
        jail.create_file(
            "tasks.toml",
            "password = \"file\"\n[basics]\nlisten = \"127.0.0.1:1\"\nadmin_listen = \"127.0.0.1:2\"",
        )?;
        jail.set_env("TASKS__CONFIG_FILE", "tasks.toml");
        jail.set_env("TASKS__BASICS__LISTEN", "127.0.0.1:3");
        jail.set_env("TASKS__BASICS__DRAIN__GRACE_MS", "77");
        let config: Config = load("tasks").expect("valid");
        assert_eq!(config.basics.listen.port(), 3);
        assert_eq!(config.basics.admin_listen.port(), 2);
        assert_eq!(config.basics.drain.grace_ms, 77);
        assert_eq!(config.basics.limits.calls, 512);
        assert_eq!(config.password, "file");
        Ok(())
    });
}

#[test]
fn texts_stay_texts_and_lists_are_lists() {
    in_jail(|jail| {
        jail.set_env("TASKS__PASSWORD", "0123");
        jail.set_env("TASKS__ROLES", "[client, operator]");
        jail.set_env("TASKS__PEERS__USERS__ENDPOINTS", "http://a:1,http://b:2");
        jail.set_env("TASKS__PEERS__AUTH__ENDPOINTS", "[\"http://c:3\"]");
        let config: Config = load("tasks").expect("valid");
        assert_eq!(config.password, "0123");
        assert_eq!(config.roles, ["client", "operator"]);
        assert_eq!(config.peers["users"].endpoints.len(), 2);
        assert_eq!(config.peers["auth"].endpoints.len(), 1);
        Ok(())
    });
}

#[test]
fn a_key_that_nobody_knows_is_named() {
    in_jail(|jail| {
        jail.create_file("tasks.toml", "password = \"x\"\n[basics]\nlisten_on = \"127.0.0.1:1\"")?;
        jail.set_env("TASKS__CONFIG_FILE", "tasks.toml");
        let error = format!("{:#}", load::<Config>("tasks").expect_err("an unknown key"));
        assert!(error.contains("listen_on") && error.contains("basics"), "{error}");
        Ok(())
    });
}

#[test]
fn a_value_of_the_wrong_kind_is_named_by_its_key() {
    in_jail(|jail| {
        jail.set_env("TASKS__PASSWORD", "x");
        jail.set_env("TASKS__BASICS__DRAIN__GRACE_MS", "soon");
        let error = format!("{:#}", load::<Config>("tasks").expect_err("no number"));
        assert!(error.contains("grace_ms"), "{error}");
        Ok(())
    });
}

#[test]
fn a_file_that_is_not_there_is_an_error() {
    in_jail(|jail| {
        jail.set_env("TASKS__CONFIG_FILE", "nowhere.toml");
        let error = format!("{:#}", load::<Config>("tasks").expect_err("no file"));
        assert!(error.contains("nowhere.toml"), "{error}");
        Ok(())
    });
}
