//! The bundled handwritten digits.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use sha2::{Digest as _, Sha256};

/// A picture of a digit.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    /// The file's name.
    pub(crate) name: String,
    /// The file's bytes: a PNG.
    pub(crate) data: Vec<u8>,
    /// The digit that it shows.
    pub(crate) digit: u8,
}

/// What a picture is known by.
pub(crate) type Fingerprint = [u8; 32];

/// The fingerprint of a file's bytes.
pub(crate) fn fingerprint(data: &[u8]) -> Fingerprint {
    Sha256::digest(data).into()
}

/// The first `count` of the bundled pictures, whose bytes are checked against the list of truths.
///
/// # Errors
/// If a file is missing or another than it should be, or if there are fewer.
pub(crate) fn load(count: usize) -> anyhow::Result<Vec<Picture>> {
    let folder = folder();
    let list = folder.join("truth.csv");
    let mut reader = csv::Reader::from_path(&list).with_context(|| format!("can't read {}", list.display()))?;
    let mut pictures = Vec::with_capacity(count);
    for line in reader.deserialize().take(count) {
        let (name, sha256, digit): (String, String, u8) = line.with_context(|| format!("in {}", list.display()))?;
        let path = folder.join("images").join(&name);
        let data = fs::read(&path).with_context(|| format!("can't read {}", path.display()))?;
        ensure!(hex::encode(fingerprint(&data)) == sha256, "{} is not the file that truth.csv lists", path.display());
        pictures.push(Picture { name, data, digit });
    }
    ensure!(pictures.len() == count, "there are {} pictures, fewer than the {count} asked for", pictures.len());
    Ok(pictures)
}

/// The truth by fingerprint: all that a simulated person has to go by.
pub(crate) fn truths(pictures: &[Picture]) -> HashMap<Fingerprint, u8> {
    pictures.iter().map(|picture| (fingerprint(&picture.data), picture.digit)).collect()
}

/// The ids of the uploaded images by fingerprint.
pub(crate) fn ids(pictures: &[Picture], uploaded: &BTreeMap<String, String>) -> HashMap<Fingerprint, String> {
    let id = |picture: &Picture| Some((fingerprint(&picture.data), uploaded.get(&picture.name)?.clone()));
    pictures.iter().filter_map(id).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_pictures_are_what_the_list_says_and_no_two_are_the_same() {
        let pictures = load(1000).expect("a thousand pictures");
        assert_eq!(truths(&pictures).len(), 1000);
        assert!(pictures.iter().all(|picture| picture.digit < 10 && picture.data.len() < 4096));
    }

    #[test]
    fn more_than_there_are_is_an_error() {
        assert!(load(5000).is_err());
    }
}
