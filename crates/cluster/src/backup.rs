//! Backups of a system that keeps its data, and systems' data made of them.
//!
//! A backup is a folder: `postgres`, all databases as they were at one moment; `postgres.password`; `objects`, S3's;
//! and `keys.json`. Whoever has it has everything, secrets included. The broker is not in it: what it has to tell is
//! told again by the outboxes of the databases.

use std::{
    fs::{self, Permissions},
    io,
    os::unix::fs::PermissionsExt as _,
    path::Path,
};

use anyhow::{Context as _, ensure};
use labelmesh_servers::{Tools, back_up_postgres, restore_postgres};

use crate::folder::Folder;

const DATABASES: &str = "postgres";
const PASSWORD: &str = "postgres.password";
const OBJECTS: &str = "objects";
const KEYS: &str = "keys.json";

/// Copies everything that a running system keeps in `data` to a folder that there is not yet. `postgres` is the URL of
/// its superuser. What was acknowledged before this was called is in it; the system goes on meanwhile.
///
/// # Errors
/// If something can't be read or written, or PostgreSQL does not let itself be copied.
pub async fn back_up(data: &Path, postgres: &str, to: &Path) -> anyhow::Result<()> {
    ensure!(!to.exists(), "{} exists already", to.display());
    fs::create_dir_all(to).with_context(|| format!("can't make {}", to.display()))?;
    fs::set_permissions(to, Permissions::from_mode(0o700))?;
    // An object is written before the row that names it, and removed before or after that row is: those that are there
    // before and those that are there afterwards are all that any row of that moment can name.
    copy(&data.join("s3"), &to.join(OBJECTS)).context("can't copy the objects")?;
    back_up_postgres(&Tools::locate(), postgres, &to.join(DATABASES)).await?;
    copy(&data.join("s3"), &to.join(OBJECTS)).context("can't copy the objects")?;
    fs::copy(data.join("postgres/password"), to.join(PASSWORD)).context("can't copy the password of PostgreSQL")?;
    fs::copy(data.join(KEYS), to.join(KEYS)).context("can't copy the keys")?;
    Ok(())
}

/// Makes the data of a system, in a folder that there is not yet or that is empty, of a backup. The system is then
/// started on it, beside an empty broker.
///
/// # Errors
/// If the backup is not whole, or the folder is in use or can't be written.
pub fn restore(from: &Path, data: &Path) -> anyhow::Result<()> {
    let password =
        fs::read_to_string(from.join(PASSWORD)).with_context(|| format!("{} is no backup", from.display()))?;
    let is_empty = fs::read_dir(data).map_or(true, |mut entries| entries.next().is_none());
    ensure!(is_empty, "{} has data already: restore to another folder, or move it away", data.display());
    let folder = Folder::open(Some(data))?;
    copy(&from.join(OBJECTS), &folder.path("s3")).context("can't copy the objects")?;
    restore_postgres(&from.join(DATABASES), &password, &folder.path("postgres"))?;
    // Last: without keys no system begins on half of the data.
    fs::copy(from.join(KEYS), folder.path(KEYS)).context("can't copy the keys")?;
    Ok(())
}

/// Copies the files of a folder that are not there yet, or of another length. Whatever goes away meanwhile is not
/// missed.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    let entries = match fs::read_dir(from) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let copied = match entry.metadata() {
            Ok(found) if found.is_dir() => copy(&entry.path(), &target),
            Ok(found) if fs::metadata(&target).is_ok_and(|there| there.len() == found.len()) => Ok(()),
            Ok(_) => fs::copy(entry.path(), &target).map(|_| ()),
            Err(error) => Err(error),
        };
        match copied {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            copied => copied?,
        }
    }
    Ok(())
}
