//! Loading the configuration.

use anyhow::{Context as _, Result};
use figment::{
    Figment,
    providers::{Format as _, Toml},
    value::Value,
};
use serde::de::DeserializeOwned;

/// Variables of a service that are no keys of its configuration.
const CONFIG_FILE: &str = "CONFIG_FILE";
const MIGRATE_URL: &str = "MIGRATE_URL";

/// The configuration of the service `name`: defaults, then the file that `<NAME>__CONFIG_FILE` names, then variables
/// such as `<NAME>__BASICS__LISTEN`.
///
/// # Errors
/// Fails, and names the key, where one is unknown or missing or has a value of the wrong kind; or where the file can't
/// be read.
pub fn load<C: DeserializeOwned>(name: &str) -> Result<C> {
    extract(name, &variables(name, std::env::vars()))
}

/// The URL of the database under its owner's role, which only `migrate` gets to see.
///
/// # Errors
/// Fails where there is none, or it leads to another machine without TLS and `database.insecure` is not said.
pub(crate) fn migrate_url(name: &str) -> Result<String> {
    migrate_url_of(name, &variables(name, std::env::vars()))
}

fn migrate_url_of(name: &str, variables: &[(String, String)]) -> Result<String> {
    let url = variables.iter().find(|(key, _)| key == MIGRATE_URL);
    let missing = || format!("set {}{MIGRATE_URL} to the database's URL under its owner", prefix(name));
    let (_, url) = url.with_context(missing)?;
    let Section { database } = extract(name, variables)?;
    labelmesh_pg::require_protected(url, database.insecure)
        .with_context(|| format!("{}{MIGRATE_URL} can't be used", prefix(name)))?;
    Ok(url.clone())
}

/// What of the configuration concerns a migration too.
#[derive(serde::Deserialize)]
struct Section {
    #[serde(default)]
    database: Database,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Database {
    insecure: bool,
}

/// The variables of a service, without the prefix in their names.
fn variables(name: &str, all: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let prefix = prefix(name);
    all.filter_map(|(key, value)| Some((key.strip_prefix(&prefix)?.to_owned(), value))).collect()
}

fn prefix(name: &str) -> String {
    format!("{}__", name.to_ascii_uppercase())
}

fn extract<C: DeserializeOwned>(name: &str, variables: &[(String, String)]) -> Result<C> {
    let mut figment = Figment::new();
    if let Some((_, path)) = variables.iter().find(|(key, _)| key == CONFIG_FILE) {
        let text = std::fs::read_to_string(path).with_context(|| format!("could not read the configuration {path}"))?;
        figment = figment.merge(Toml::string(&text));
    }
    for (key, value) in variables.iter().filter(|(key, _)| key != CONFIG_FILE && key != MIGRATE_URL) {
        figment = figment.merge((key.to_ascii_lowercase().replace("__", "."), parse(value)));
    }
    // Lossy: a number or a boolean may be written as a text, which is all that variables have.
    figment.extract_lossy().with_context(|| format!("the configuration of {name} is not valid"))
}

/// A text stays a text even where it looks like a number, lest a password of digits becomes one.
fn parse(text: &str) -> Value {
    if text.starts_with(['[', '{']) {
        text.parse().unwrap_or_else(|never| match never {})
    } else {
        Value::from(text.to_owned())
    }
}

#[cfg(test)]
mod tests;
