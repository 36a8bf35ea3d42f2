//! Loading the configuration.

use anyhow::{Context as _, Result};
use figment::{
    Figment,
    providers::{Env, Format as _, Toml},
    value::Value,
};
use serde::de::DeserializeOwned;

/// Variables of a service that are no keys of its configuration.
const NOT_KEYS: [&str; 2] = ["config_file", "migrate_url"];

/// The configuration of the service `name`: defaults, then the file that `<NAME>__CONFIG_FILE` names, then variables such as
/// `<NAME>__BASICS__LISTEN`.
///
/// # Errors
///
/// Fails, and names the key, where one is unknown or missing or has a value of the wrong kind; or where the file can't be
/// read.
pub fn load<C: DeserializeOwned>(name: &str) -> Result<C> {
    let prefix = prefix(name);
    let mut figment = Figment::new();
    if let Some(path) = Env::var(&format!("{prefix}CONFIG_FILE")) {
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("could not read the configuration {path}"))?;
        figment = figment.merge(Toml::string(&text));
    }
    for (key, value) in Env::prefixed(&prefix).split("__").ignore(&NOT_KEYS).iter() {
        figment = figment.merge((key.as_str().to_owned(), parse(value)));
    }
    // Lossy: a number or a boolean may be written as a text, which is all that variables have.
    figment.extract_lossy().with_context(|| format!("the configuration of {name} is not valid"))
}

/// A variable of a service that is no key of its configuration.
pub(crate) fn variable(name: &str, key: &str) -> Option<String> {
    Env::var(&format!("{}{key}", prefix(name)))
}

fn prefix(name: &str) -> String {
    format!("{}__", name.to_ascii_uppercase())
}

/// A text stays a text even where it looks like a number, lest a password of digits becomes one.
fn parse(text: String) -> Value {
    if text.starts_with(['[', '{']) { text.parse().unwrap_or_else(|never| match never {}) } else { Value::from(text) }
}

#[cfg(test)]
mod tests;
