//! Image files on this machine: which there are, and what they are called.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::exit::{Exit, Failure};

/// What the names of images end in, and what they are.
const KINDS: [(&str, &str); 5] =
    [("jpg", "image/jpeg"), ("jpeg", "image/jpeg"), ("png", "image/png"), ("webp", "image/webp"), ("gif", "image/gif")];

/// A file to upload.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct File {
    /// What it is called in the task: its path within the folder that was named, or its own name.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) size: u64,
}

impl File {
    /// What its name says that it is; empty where that says nothing, and the server looks for itself.
    pub(crate) fn media_type(&self) -> &'static str {
        let ending = self.path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        KINDS.iter().find(|(known, _)| *known == ending).map_or("application/octet-stream", |(_, kind)| kind)
    }

    /// The SHA-256 of its content, in hexadecimal.
    pub(crate) fn sha256(&self) -> io::Result<String> {
        let mut file = fs::File::open(&self.path)?;
        let mut hasher = Sha256::new();
        let mut buffer = vec![0; 1 << 16];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(hex::encode(hasher.finalize())),
                read => hasher.update(&buffer[..read]),
            }
        }
    }
}

/// The files that are meant by what was typed: files as they are, folders with the images below them, patterns.
///
/// # Errors
/// If something is not there, or nothing is found.
pub(crate) fn find(given: &[PathBuf]) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    for path in given {
        if fs::symlink_metadata(path).is_ok() {
            gather(path, &mut files)?;
        } else if path.to_string_lossy().contains(['*', '?', '[']) {
            matching(path, &mut files)?;
        } else {
            return Err(Failure::new(Exit::NotFound, format!("{}: no such file or folder", path.display())));
        }
    }
    if files.is_empty() {
        let failure = Failure::new(Exit::NotFound, "there are no images in what was given");
        return Err(failure.remedy("folders or files that end in .jpg, .jpeg, .png, .webp or .gif"));
    }
    Ok(files)
}

/// The files that fit a pattern, hidden ones only where the pattern says so. They are called by their paths below the part
/// of the pattern that is no pattern.
fn matching(pattern: &Path, files: &mut Vec<File>) -> Result<(), Failure> {
    let wrong = |error: glob::PatternError| Failure::new(Exit::Usage, format!("{}: {error}", pattern.display()));
    let options = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::new() };
    let plain = |part: &std::path::Component<'_>| !part.as_os_str().to_string_lossy().contains(['*', '?', '[']);
    let root: PathBuf = pattern.components().take_while(plain).collect();
    let before = files.len();
    for path in glob::glob_with(&pattern.to_string_lossy(), options).map_err(wrong)? {
        let path = path.map_err(|error| Failure::file(error.path(), error.error()))?;
        let metadata = fs::metadata(&path).map_err(|error| Failure::file(&path, &error))?;
        if metadata.is_file() {
            let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().into_owned();
            files.push(File { name, path, size: metadata.len() });
        }
    }
    if files.len() == before {
        return Err(Failure::new(Exit::NotFound, format!("nothing matches {}", pattern.display())));
    }
    Ok(())
}

fn gather(path: &Path, files: &mut Vec<File>) -> Result<(), Failure> {
    let metadata = fs::metadata(path).map_err(|error| Failure::file(path, &error))?;
    if metadata.is_dir() {
        return walk(path, path, files).map_err(|error| Failure::file(path, &error));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    files.push(File { name, path: path.to_owned(), size: metadata.len() });
    Ok(())
}

/// The images below a folder, in the order of their names; what is hidden is left alone.
fn walk(root: &Path, folder: &Path, files: &mut Vec<File>) -> io::Result<()> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    for path in entries {
        let own = path.file_name().unwrap_or_default().to_string_lossy();
        if own.starts_with('.') {
            continue;
        }
        let metadata = fs::metadata(&path)?;
        if metadata.is_dir() {
            walk(root, &path, files)?;
            continue;
        }
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        let file = File { name, path, size: metadata.len() };
        if file.media_type().starts_with("image/") {
            files.push(file);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(given: &[PathBuf]) -> Vec<String> {
        find(given).expect("found").into_iter().map(|file| file.name).collect()
    }

    #[test]
    fn folders_files_and_patterns() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("cats/.hidden")).expect("made");
        for name in ["b.PNG", "a.jpg", "notes.txt", "cats/1.gif", "cats/.hidden/2.gif", ".c.png"] {
            fs::write(at(name), name).expect("written");
        }
        assert_eq!(names(&[folder.path().to_owned()]), ["a.jpg", "b.PNG", "cats/1.gif"]);
        assert_eq!(names(&[at("notes.txt")]), ["notes.txt"], "what is named is meant");
        assert_eq!(names(&[at("**/*.gif")]), ["cats/1.gif"]);
        assert_eq!(find(&[at("none.png")]).map_err(|failure| failure.exit), Err(Exit::NotFound));
        assert_eq!(find(&[at("*.webp")]).map_err(|failure| failure.exit), Err(Exit::NotFound));
    }

    #[test]
    fn content_is_known_by_its_hash() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("a.png"), "abc").expect("written");
        let file = &find(&[folder.path().to_owned()]).expect("found")[0];
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(file.sha256().expect("read"), known);
    }
}
