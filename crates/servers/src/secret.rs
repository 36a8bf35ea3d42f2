//! Passwords and keys for servers of our own.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::Error;

/// The secret in a file: read from there, or made and written there for its owner's eyes only.
pub(crate) fn kept(path: &Path) -> Result<String, Error> {
    if let Ok(secret) = fs::read_to_string(path) {
        return Ok(secret);
    }
    let secret = fresh()?;
    File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(secret.as_bytes()))
        .map_err(Error::io("could not write", path))?;
    Ok(secret)
}

/// 32 hexadecimal digits that nobody can guess.
pub(crate) fn fresh() -> Result<String, Error> {
    Ok(bytes::<16>()?.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}")))
}

/// Bytes that nobody can guess. They must not be the same twice, so no seeded generator will do.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    let random = Path::new("/dev/urandom");
    File::open(random).and_then(|mut file| file.read_exact(&mut bytes)).map_err(Error::io("could not read", random))?;
    Ok(bytes)
}
