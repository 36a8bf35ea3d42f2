use std::{collections::BTreeMap, io::Write as _};

use serde::Deserialize;
use tempfile::NamedTempFile;

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

fn config(environment: &[(&str, &str)]) -> Result<Config, String> {
    let all = environment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    extract("tasks", &variables("tasks", all)).map_err(|error| format!("{error:#}"))
}

fn file(text: &str) -> (NamedTempFile, String) {
    let mut file = NamedTempFile::new().expect("a temporary file");
    file.write_all(text.as_bytes()).expect("room");
    let path = file.path().to_str().expect("Unicode").to_owned();
    (file, path)
}

#[test]
fn variables_win_over_the_file_and_the_file_over_defaults() {
    let (_file, path) = file(
        "password = \"file\"\n[basics]\nlisten = \"127.0.0.1:1\"\nadmin_listen = \"127.0.0.1:2\"\nlimits = { calls = 7 }",
    );
    let config = config(&[
        ("TASKS__CONFIG_FILE", &path),
        ("TASKS__BASICS__LISTEN", "127.0.0.1:3"),
        ("TASKS__BASICS__DRAIN__GRACE_MS", "77"),
        ("TASKS__MIGRATE_URL", "postgres://owner@db"),
        ("USERS__BASICS__LISTEN", "127.0.0.1:4"),
        ("TASKS_SERVICE_HOST", "10.0.0.1"),
    ]);
    let config = config.expect("valid");
    assert_eq!((config.basics.listen.port(), config.basics.admin_listen.port()), (3, 2));
    assert_eq!((config.basics.drain.grace_ms, config.basics.drain.delay_ms), (77, 0));
    assert_eq!((config.basics.limits.calls, config.basics.limits.streams), (7, 4096));
    assert_eq!(config.password, "file");
}

#[test]
fn texts_stay_texts_and_lists_are_lists() {
    let config = config(&[
        ("TASKS__PASSWORD", "0123"),
        ("TASKS__ROLES", "[client, operator]"),
        ("TASKS__PEERS__USERS__ENDPOINTS", "http://a:1,http://b:2"),
        ("TASKS__PEERS__AUTH__ENDPOINTS", "[\"http://c:3\"]"),
        ("TASKS__BASICS__TELEMETRY__LOG_FORMAT", "text"),
        ("TASKS__BASICS__TELEMETRY__TRACE_RATIO", "0.25"),
    ]);
    let config = config.expect("valid");
    assert_eq!(config.password, "0123");
    assert_eq!(config.roles, ["client", "operator"]);
    assert_eq!(config.peers["users"].endpoints.len(), 2);
    assert_eq!(config.peers["auth"].endpoints.len(), 1);
    assert!((config.basics.telemetry.trace_ratio - 0.25).abs() < f64::EPSILON);
}

#[test]
fn keys_are_read_from_variables() {
    // RFC 8037, appendices A.1 and A.2.
    let config = config(&[
        ("TASKS__PASSWORD", "x"),
        ("TASKS__BASICS__IDENTITY__KEY", "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"),
        ("TASKS__BASICS__IDENTITY__SERVICES__GATEWAY", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"),
    ]);
    let identity = config.expect("valid").basics.identity;
    assert_eq!(identity.key.expect("a key").public(), *identity.services["gateway"].first());
}

#[test]
fn a_list_of_keys_is_read_from_a_variable() {
    // RFC 8037, appendix A.2, and RFC 8032, section 7.1, test 2.
    let (one, other) = ("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw");
    let list = format!(r#"["{one}", "{other}"]"#);
    let read = |list: &str| config(&[("TASKS__PASSWORD", "x"), ("TASKS__BASICS__IDENTITY__SERVICES__GATEWAY", list)]);
    let identity = read(&list).expect("valid").basics.identity;
    let keys: Vec<_> = identity.services["gateway"].iter().map(ToString::to_string).collect();
    assert_eq!(keys, [one, other]);
    for refused in ["[]", &format!(r#"["{one}", "{one}"]"#)] {
        let refused = read(refused).expect_err("no list of different keys");
        assert!(refused.contains("gateway") && refused.contains("different"), "{refused}");
    }
}

#[test]
fn a_key_that_nobody_knows_is_named() {
    let (_file, path) = file("password = \"x\"\n[basics]\nlisten_on = \"127.0.0.1:1\"");
    let error = config(&[("TASKS__CONFIG_FILE", &path)]).expect_err("an unknown key");
    assert!(error.contains("listen_on") && error.contains("basics"), "{error}");
    let error = config(&[("TASKS__PASSWORD", "x"), ("TASKS__PASWORD", "y")]).expect_err("an unknown key");
    assert!(error.contains("pasword"), "{error}");
}

#[test]
fn what_is_missing_or_of_the_wrong_kind_is_named() {
    let error = config(&[]).expect_err("no password");
    assert!(error.contains("password"), "{error}");
    let error = config(&[("TASKS__PASSWORD", "x"), ("TASKS__BASICS__DRAIN__GRACE_MS", "soon")]).expect_err("no number");
    assert!(error.contains("grace_ms"), "{error}");
    let users = ("TASKS__PEERS__USERS__ENDPOINTS", "a:1");
    let error = config(&[("TASKS__PASSWORD", "x"), users]).expect_err("no address");
    assert!(error.contains("http://"), "{error}");
    let error = config(&[("TASKS__CONFIG_FILE", "nowhere.toml")]).expect_err("no file");
    assert!(error.contains("nowhere.toml"), "{error}");
}

#[test]
fn a_migration_is_held_to_the_same_protection() {
    let url = |environment: &[(&str, &str)]| {
        let all = environment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        migrate_url_of("tasks", &variables("tasks", all)).map_err(|error| format!("{error:#}"))
    };
    let elsewhere = ("TASKS__MIGRATE_URL", "postgres://tasks_owner@db.example/tasks");
    let refused = url(&[elsewhere]).expect_err("plain text over a network");
    assert!(refused.contains("TASKS__MIGRATE_URL") && refused.contains("sslmode=verify-full"), "{refused}");
    url(&[elsewhere, ("TASKS__DATABASE__INSECURE", "true")]).expect("said to be insecure");
    url(&[("TASKS__MIGRATE_URL", "postgres://tasks_owner@127.0.0.1/tasks"), ("TASKS__PASSWORD", "x")]).expect("here");
    let missing = url(&[]).expect_err("none");
    assert!(missing.contains("TASKS__MIGRATE_URL"), "{missing}");
}
