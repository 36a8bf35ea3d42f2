//! Image files on this machine: which there are, and what they are called.

use std::{
    collections::HashSet,
    ffi::OsStr,
    fs::{self, Metadata},
    io::{self, Read as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::{
    exit::{Exit, Failure},
    output::shortened,
};

/// How the files begin that are taken: JPEG, PNG and GIF. WebP is told by two words with a length between them.
const BEGINNINGS: [&[u8]; 3] = [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8"];

/// What the names of images end in. What is called one is sent, that the client may hear what is wrong with it.
const ENDINGS: [&str; 5] = ["jpg", "jpeg", "png", "webp", "gif"];

/// Which files of a folder are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kinds {
    /// What people can be shown: JPEG, PNG, WebP and GIF.
    Images,
    /// What pictures can be made of: SVG too, which is told by its name.
    Sources,
}

/// Why a folder that fits a pattern is not sent, and what to do.
const FOLDER: &str = "it is a folder: name it by itself, or write '**' in the pattern, to send what is in it";

/// A file to upload.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct File {
    /// What it is called in the task: its path within the folder that was named, or its own name.
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) size: u64,
    /// Where it stands among those that were found, from 1.
    pub(crate) place: u64,
}

impl File {
    /// The SHA-256 of its content, in hexadecimal.
    pub(crate) fn sha256(&self) -> io::Result<String> {
        sha256(&self.path)
    }
}

/// The SHA-256 of a file's content, in hexadecimal.
pub(crate) fn sha256(path: &Path) -> io::Result<String> {
    let mut file = fs::File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex::encode(hasher.finalize())),
            read => hasher.update(&buffer[..read]),
        }
    }
}

/// Whether two paths are one file, by whatever names. Devices and pipes, which keep nothing, are not looked at.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    let (Ok(one), Ok(other)) = (fs::metadata(one), fs::metadata(other)) else { return false };
    one.is_file() && (one.dev(), one.ino()) == (other.dev(), other.ino())
}

impl Kinds {
    /// Whether a file begins like one of them, whatever it is called, or is called one.
    fn has(self, path: &Path) -> io::Result<bool> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let is_svg = self == Self::Sources && ending.eq_ignore_ascii_case("svg");
        if is_svg || ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known)) {
            return Ok(true);
        }
        let mut begins = Vec::new();
        fs::File::open(path)?.take(12).read_to_end(&mut begins)?;
        let is_webp = begins.starts_with(b"RIFF") && begins.ends_with(b"WEBP");
        Ok(is_webp || BEGINNINGS.iter().any(|beginning| begins.starts_with(beginning)))
    }

    /// Why a file is left alone that is none of them.
    fn others(self) -> &'static str {
        match self {
            Self::Images => "it is not a JPEG, PNG, WebP or GIF",
            Self::Sources => "it is not a JPEG, PNG, WebP, GIF or SVG",
        }
    }

    /// What to give.
    fn wanted(self) -> &'static str {
        match self {
            Self::Images => "JPEG, PNG, WebP or GIF files, or folders with such files",
            Self::Sources => "JPEG, PNG, WebP, GIF or SVG files, or folders with such files",
        }
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// What can be sent, as far as is known before it is read.
    pub(crate) files: Vec<File>,
    /// What is there and can't be read, by name, and why.
    pub(crate) unreadable: Vec<(String, String)>,
    /// What lies in a folder or fits a pattern and is not sent, by name, and why.
    pub(crate) left_alone: Vec<(String, &'static str)>,
}

impl Found {
    /// Whether there is neither.
    pub(crate) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.unreadable.is_empty()
    }

    /// Adds a file of this name if it is one.
    fn add(&mut self, name: String, path: &Path, metadata: &Metadata) {
        if metadata.is_file() {
            let place = self.files.len() as u64 + 1;
            self.files.push(File { name, path: path.to_owned(), size: metadata.len(), place });
        } else {
            self.unreadable.push((name, "it is neither a file nor a folder".to_owned()));
        }
    }

    /// Names folders that fit a pattern, unless something in them is sent.
    fn leave(&mut self, folders: Vec<(String, PathBuf)>) {
        if folders.is_empty() {
            return;
        }
        let parents: HashSet<&Path> = self.files.iter().flat_map(|file| file.path.ancestors()).collect();
        let left = folders.into_iter().filter(|(_, folder)| !parents.contains(folder.as_path()));
        self.left_alone.extend(left.map(|(name, _)| (name, FOLDER)));
    }

    /// Adds what can't be read.
    fn refuse(&mut self, name: String, error: &io::Error) {
        self.unreadable.push((name, why(error)));
    }

    /// Adds the images below a folder, in the order of their names; what is hidden or begins like no image is left
    /// alone. `above` are the folders that lead there, as the file system knows them.
    fn walk(&mut self, kinds: Kinds, root: &Path, folder: &Path, above: &mut Vec<(u64, u64)>) -> io::Result<()> {
        let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
        let mut entries = entries.collect::<io::Result<Vec<PathBuf>>>()?;
        entries.sort();
        for path in entries {
            let name = below(root, &path);
            if path.file_name().unwrap_or_default().to_string_lossy().starts_with('.') {
                self.left_alone.push((name, "it is hidden"));
                continue;
            }
            match fs::metadata(&path) {
                Err(error) => self.refuse(name, &error),
                Ok(metadata) if metadata.is_dir() => self.descend(kinds, root, &path, &metadata, above),
                Ok(metadata) if !metadata.is_file() => self.left_alone.push((name, "it is no file")),
                Ok(metadata) => match kinds.has(&path) {
                    Ok(true) => self.add(name, &path, &metadata),
                    Ok(false) => self.left_alone.push((name, kinds.others())),
                    Err(error) => self.refuse(name, &error),
                },
            }
        }
        Ok(())
    }

    /// Walks a folder unless a link leads back to one above it, which would never end.
    fn descend(&mut self, kinds: Kinds, root: &Path, folder: &Path, metadata: &Metadata, above: &mut Vec<(u64, u64)>) {
        let key = (metadata.dev(), metadata.ino());
        let name = if root == folder { folder.display().to_string() } else { below(root, folder) };
        if above.contains(&key) {
            return self.unreadable.push((name, "it is a link to a folder that it is in".to_owned()));
        }
        above.push(key);
        if let Err(error) = self.walk(kinds, root, folder, above) {
            self.refuse(name, &error);
        }
        above.pop();
    }
}

/// The files that are meant by what was typed: files as they are, folders with the images below them, patterns.
///
/// # Errors
/// If something is not there, or nothing is found.
pub(crate) fn find(given: &[PathBuf]) -> Result<Found, Failure> {
    found(given, Kinds::Images)
}

/// The same of pictures that others can be made of.
///
/// # Errors
/// If something is not there, or nothing is found.
pub(crate) fn find_sources(given: &[PathBuf]) -> Result<Found, Failure> {
    found(given, Kinds::Sources)
}

fn found(given: &[PathBuf], kinds: Kinds) -> Result<Found, Failure> {
    let mut found = Found::default();
    let mut folders = Vec::new();
    for path in given {
        if fs::symlink_metadata(path).is_ok() {
            gather(path, kinds, &mut found);
        } else if path.to_string_lossy().contains(['*', '?', '[']) {
            matching(path, &mut found, &mut folders)?;
        } else {
            return Err(Failure::new(Exit::NotFound, format!("{}: no such file or folder", path.display())));
        }
    }
    found.leave(folders);
    if found.is_empty() {
        let mut failure = Failure::new(Exit::NotFound, "there are no images in what was given");
        failure.details = shortened(found.left_alone.iter().map(|(name, why)| format!("{name}: {why}")));
        return Err(failure.remedy(kinds.wanted()));
    }
    Ok(found)
}

/// The files that fit a pattern, hidden ones only where the pattern says so, and the folders that do. They are called
/// by their paths below the part of the pattern that is no pattern.
fn matching(pattern: &Path, found: &mut Found, folders: &mut Vec<(String, PathBuf)>) -> Result<(), Failure> {
    let wrong = |error: glob::PatternError| Failure::new(Exit::Usage, format!("{}: {error}", pattern.display()));
    let plain = |part: &std::path::Component<'_>| !part.as_os_str().to_string_lossy().contains(['*', '?', '[']);
    let root: PathBuf = pattern.components().take_while(plain).collect();
    // The crate's own option for hidden files panics at names that are not UTF-8.
    let names_hidden = pattern.components().skip_while(plain).any(|part| is_hidden(part.as_os_str()));
    let hides = |path: &Path| path.strip_prefix(&root).is_ok_and(|below| below.iter().any(is_hidden));
    let mut any = unwritable(&root, &pattern.to_string_lossy(), found);
    for path in glob::glob(&pattern.to_string_lossy()).map_err(wrong)? {
        match path.map_err(|error| (below(&root, error.path()), io::Error::from(error))) {
            Ok(path) if !names_hidden && hides(&path) => continue,
            Err((name, error)) => found.refuse(name, &error),
            Ok(path) => match fs::metadata(&path) {
                Err(error) => found.refuse(below(&root, &path), &error),
                Ok(metadata) if metadata.is_dir() => folders.push((below(&root, &path), path)),
                Ok(metadata) => found.add(below(&root, &path), &path, &metadata),
            },
        }
        any = true;
    }
    if any { Ok(()) } else { Err(Failure::new(Exit::NotFound, format!("nothing matches {}", pattern.display()))) }
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".") && name != "." && name != ".."
}

/// Refuses files beside those that a pattern can fit whose names are not UTF-8: no pattern fits them. Says whether
/// there are any.
fn unwritable(root: &Path, pattern: &str, found: &mut Found) -> bool {
    let mut folders = vec![if root.as_os_str().is_empty() { PathBuf::from(".") } else { root.to_owned() }];
    let mut any = false;
    while let Some(folder) = folders.pop() {
        // Whatever can't be read is told where the pattern is.
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            if entry.file_name().to_str().is_none() {
                found.unreadable.push((below(root, &entry.path()), "its name is not UTF-8".to_owned()));
                any = true;
            } else if pattern.contains("**") && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(entry.path());
            }
        }
    }
    any
}

fn gather(path: &Path, kinds: Kinds, found: &mut Found) {
    match fs::metadata(path) {
        Err(error) => found.refuse(path.display().to_string(), &error),
        Ok(metadata) if metadata.is_dir() => found.descend(kinds, path, path, &metadata, &mut Vec::new()),
        Ok(metadata) => {
            found.add(path.file_name().unwrap_or_default().to_string_lossy().into_owned(), path, &metadata);
        }
    }
}

/// What a path is called within a folder.
fn below(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

/// Why something can't be read. What is listed and yet not there is a link.
fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it is a link to what is not there".to_owned(),
        _ => format!("it can't be read: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(given: &[PathBuf]) -> Vec<String> {
        find(given).expect("found").files.into_iter().map(|file| file.name).collect()
    }

    #[test]
    fn folders_files_and_patterns() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("cats/.hidden")).expect("made");
        for (name, begins) in [
            ("b.PNG", &b"\x89PNG\r\n\x1a\n."[..]),
            ("a", b"\xff\xd8\xff."),
            ("notes.txt", b"notes"),
            ("photo.heic", b"\0\0\0\x18ftypheic"),
            ("half.png", b"..."),
            ("cats/1.gif", b"GIF89a"),
            ("cats/2.jfif", b"RIFF\x01\0\0\0WEBPVP8"),
            ("cats/.hidden/2.gif", b"GIF89a"),
            (".c.png", b"GIF89a"),
        ] {
            fs::write(at(name), begins).expect("written");
        }
        let folders = [folder.path().to_owned()];
        assert_eq!(names(&folders), ["a", "b.PNG", "cats/1.gif", "cats/2.jfif", "half.png"]);
        let left: Vec<_> = find(&folders).expect("found").left_alone.into_iter().map(|(name, _)| name).collect();
        assert_eq!(left, [".c.png", "cats/.hidden", "notes.txt", "photo.heic"], "nothing is left out in silence");
        fs::create_dir(at("none")).expect("made");
        fs::write(at("none/a.bmp"), "BM").expect("written");
        fs::write(at("cats/logo.svg"), "<svg/>").expect("written");
        assert_eq!(names(&[at("cats")]), ["1.gif", "2.jfif"], "people are shown no SVG");
        let sources = find_sources(&[at("cats")]).expect("found").files;
        assert_eq!(sources.last().map(|file| file.name.as_str()), Some("logo.svg"));
        let failure = find(&[at("none")]).expect_err("no images");
        assert_eq!(failure.details, ["a.bmp: it is not a JPEG, PNG, WebP or GIF"]);
        assert_eq!(names(&[at("notes.txt")]), ["notes.txt"], "what is named is meant");
        assert_eq!(names(&[at("**/*.gif")]), ["cats/1.gif"]);
        let by_pattern = |pattern: &str| find(&[at(pattern)]).expect("found").left_alone;
        assert_eq!(by_pattern("*a*"), [("cats".to_owned(), FOLDER)], "it fits, and nothing in it is sent");
        assert_eq!(by_pattern("**/*a*").len(), 1, "what is in it does not fit");
        let both = find(&[at("*a*"), at("cats/*.gif")]).expect("found");
        assert!(both.left_alone.is_empty(), "something in it is sent");
        assert_eq!(find(&[at("c*ts")]).expect_err("a folder alone").details, [format!("cats: {FOLDER}")]);
        assert_eq!(find(&[at("none.png")]).map_err(|failure| failure.exit), Err(Exit::NotFound));
        assert_eq!(find(&[at("*.webp")]).map_err(|failure| failure.exit), Err(Exit::NotFound));
    }

    #[test]
    fn what_can_not_be_read_is_told_by_its_own_name_and_keeps_nothing_else_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("cats")).expect("made");
        fs::write(at("cats/1.gif"), "GIF89a").expect("written");
        fs::write(at("z.png"), "GIF89a").expect("written");
        for (to, link) in [("gone", "a.png"), ("b.png", "b.png"), ("..", "cats/up"), ("cats", "more")] {
            std::os::unix::fs::symlink(to, at(link)).expect("linked");
        }
        let found = find(&[folder.path().to_owned()]).expect("found");
        let names: Vec<_> = found.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["cats/1.gif", "more/1.gif", "z.png"]);
        let names: Vec<_> = found.unreadable.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a.png", "b.png", "cats/up", "more/up"]);
        assert_eq!(found.unreadable[0].1, "it is a link to what is not there");
        assert_eq!(find(&[at("a.png")]).map(|found| found.unreadable.len()), Ok(1), "what is named is told too");
        assert_eq!(find(&[at("[ab].png")]).map(|found| found.unreadable.len()), Ok(2));
    }

    #[test]
    fn content_is_known_by_its_hash() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("a.png"), "abc").expect("written");
        let file = &find(&[folder.path().join("a.png")]).expect("found").files[0];
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(file.sha256().expect("read"), known);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pattern_tells_of_names_that_nothing_fits_and_passes_over_what_is_hidden() {
        use std::os::unix::ffi::OsStrExt as _;

        let folder = tempfile::tempdir().expect("a folder");
        let odd = folder.path().join(OsStr::from_bytes(b"b\xfc.png"));
        for path in [folder.path().join("a.png"), folder.path().join(".hidden.png"), odd] {
            fs::write(path, b"\x89PNG\r\n\x1a\n").expect("written");
        }
        let found = find(&[folder.path().join("*")]).expect("found");
        assert_eq!(found.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["a.png"]);
        assert_eq!(found.unreadable.iter().map(|(_, why)| why.as_str()).collect::<Vec<_>>(), ["its name is not UTF-8"]);
        let hidden = find(&[folder.path().join(".*.png")]).expect("found");
        assert_eq!(hidden.files.len(), 1);
    }
}
