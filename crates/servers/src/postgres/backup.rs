//! Copies of a server's data, taken while it runs, and servers' data made of them.

use std::{
    fs::{self, File, Permissions},
    io::{self, BufRead as _, BufReader},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{cluster::DATA, runtime::client};
use crate::{Error, Program, Tools, account::Account, scratch::copy_folder};

/// How long a copy may take.
const WITHIN: Duration = Duration::from_hours(4);

/// Copies all databases of a server that runs, as they are at one moment, to a folder that there is not yet:
/// `pg_basebackup`, with the log of what was written meanwhile and a manifest of checksums. `url` is a superuser's.
///
/// # Errors
/// If the server can't be reached or keeps no such log, or the folder can't be written; the text has the program's own
/// words.
pub async fn back_up(tools: &Tools, url: &str, to: &Path) -> Result<(), Error> {
    let url = Url::parse(url).map_err(|error| Error::Variable { variable: "url", reason: error.to_string() })?;
    let mut command = client(tools, "pg_basebackup")?;
    command.args(["--wal-method=stream", "--checkpoint=fast", "--no-password", "--manifest-checksums=SHA256"]);
    // Not in the arguments, where everybody on the machine would see it.
    command.env("PGPASSWORD", url.password().unwrap_or_default());
    command.arg(format!("--host={}", url.host_str().unwrap_or("127.0.0.1")));
    command.arg(format!("--port={}", url.port().unwrap_or(5432)));
    command.arg(format!("--username={}", url.username()));
    command.arg("--pgdata").arg(to);
    run(command, "pg_basebackup", &to.with_extension("log")).await
}

/// Makes the folder of a server, which there must not be yet, of a copy that [`back_up`] took, whose checksums are
/// compared. `password` was the superuser's at that time.
///
/// # Errors
/// If the copy is not whole, or the folder can't be written.
pub fn restore(from: &Path, password: &str, folder: &Path) -> Result<(), Error> {
    verify(from)?;
    fs::create_dir(folder).map_err(Error::io("could not make", folder))?;
    let account = Account::unprivileged()?;
    let secret = folder.join("password");
    fs::write(&secret, password).map_err(Error::io("could not write", &secret))?;
    give(&secret, account)?;
    // Beside its place until it is whole, as a new one is made.
    let fresh = folder.join("restored");
    copy_folder(from, &fresh).map_err(Error::io("could not copy", from))?;
    give(&fresh, account)?;
    fs::rename(&fresh, folder.join(DATA)).map_err(Error::io("could not rename", &fresh))
}

/// Runs a program to its end.
async fn run(command: Command, name: &'static str, log: &Path) -> Result<(), Error> {
    let program = Program::start(command, log)?;
    program.wait(WITHIN).await;
    if !program.ended().is_some_and(|status| status.success()) {
        return Err(Error::Ended { name, log: program.log_tail() });
    }
    // It has nothing to say that anybody wants to read.
    let _ = fs::remove_file(log);
    Ok(())
}

/// Compares a copy with its manifest (PostgreSQL's manual, "Backup Manifest Format"). The log beside it is not in
/// there: its records have checksums of their own, which recovery compares.
fn verify(copy: &Path) -> Result<(), Error> {
    let path = copy.join("backup_manifest");
    let text = fs::read(&path).map_err(Error::io("could not read", &path))?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| Error::Damaged(path))?;
    for Listed { path, size, checksum } in manifest.files {
        let path = copy.join(path);
        let (read, digest) = digest(&path).map_err(Error::io("could not read", &path))?;
        if read != size || digest != checksum {
            return Err(Error::Damaged(path));
        }
    }
    Ok(())
}

/// How many bytes a file has, and their SHA-256 in hexadecimal.
fn digest(path: &Path) -> io::Result<(u64, String)> {
    let (mut file, mut hash, mut size) = (BufReader::with_capacity(1 << 16, File::open(path)?), Sha256::new(), 0);
    loop {
        let piece = file.fill_buf()?;
        if piece.is_empty() {
            return Ok((size, hex::encode(hash.finalize())));
        }
        hash.update(piece);
        size += piece.len() as u64;
        let read = piece.len();
        file.consume(read);
    }
}

#[derive(Deserialize)]
struct Manifest {
    #[serde(rename = "Files")]
    files: Vec<Listed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    path: PathBuf,
    size: u64,
    checksum: String,
}

/// Gives a path, and everything below it, to whoever runs servers, and to nobody else.
fn give(path: &Path, account: Option<Account>) -> Result<(), Error> {
    let is_folder = path.is_dir();
    let mode = Permissions::from_mode(if is_folder { 0o700 } else { 0o600 });
    fs::set_permissions(path, mode).map_err(Error::io("could not protect", path))?;
    if is_folder {
        for entry in fs::read_dir(path).map_err(Error::io("could not read", path))?.flatten() {
            give(&entry.path(), account)?;
        }
    }
    account.map_or(Ok(()), |account| account.own(path))
}
