//! Which crates have SQL.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

/// A crate whose SQL macros need a database.
pub(super) struct SqlCrate {
    /// The package's name.
    pub(super) package: String,
    /// Where its manifest is.
    pub(super) folder: PathBuf,
    /// The variable in which the macros look for the URL.
    pub(super) variable: String,
    /// The table with its history of migrations.
    pub(super) history: Option<String>,
}

#[derive(Deserialize)]
struct Manifest {
    package: Package,
}

#[derive(Deserialize)]
struct Package {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Settings {
    common: Common,
    #[serde(default)]
    migrate: Migrate,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Common {
    database_url_var: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
struct Migrate {
    table_name: Option<String>,
}

/// The crates with a `sqlx.toml`, or those of the named packages.
pub(super) fn find(root: &Path, packages: &[String]) -> Result<Vec<SqlCrate>> {
    let mut found = Vec::new();
    for parent in ["crates", "services"] {
        for entry in fs::read_dir(root.join(parent))? {
            let folder = entry?.path();
            if folder.join("sqlx.toml").is_file() {
                found.push(read(folder.clone()).with_context(|| folder.display().to_string())?);
            }
        }
    }
    found.sort_by(|one, other| one.package.cmp(&other.package));
    for package in packages {
        ensure!(found.iter().any(|sql| sql.package == *package), "there is no package {package} with a sqlx.toml");
    }
    found.retain(|sql| packages.is_empty() || packages.contains(&sql.package));
    Ok(found)
}

/// The files of a folder with their content; none if there is no folder.
pub(super) fn files(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    if !folder.is_dir() {
        return Ok(BTreeMap::new());
    }
    let entries = fs::read_dir(folder)?.map(|entry| {
        let entry = entry?;
        Ok((entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?))
    });
    entries.collect()
}

fn read(folder: PathBuf) -> Result<SqlCrate> {
    let manifest: Manifest = toml::from_str(&fs::read_to_string(folder.join("Cargo.toml"))?)?;
    let settings: Settings = toml::from_str(&fs::read_to_string(folder.join("sqlx.toml"))?)?;
    Ok(SqlCrate {
        package: manifest.package.name,
        folder,
        variable: settings.common.database_url_var,
        history: settings.migrate.table_name,
    })
}
