//! Where pictures go: a folder, or a draft.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use labelmesh_sdk::{
    Client,
    tasks::{Image, TaskState},
};
use tempfile::TempDir;

use super::{fetch::Remote, options::Target, plan::inside};
use crate::{
    commands::tasks::{task, upload},
    exit::{Exit, Failure},
    images::{File, Found, is_same, sha256},
};

/// Why files are left alone that lie in the folder that is written to.
const MADE_BEFORE: &str = "it lies in the folder that is written to";

/// Where pictures go.
#[derive(Debug)]
pub(super) enum To {
    Folder {
        path: PathBuf,
        /// Whether other files are written over.
        overwrite: bool,
    },
    /// A draft. Pictures are in a folder of their own until they are uploaded.
    Task { id: String, there: HashMap<String, Image>, folder: TempDir },
}

/// Where a picture is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Placed {
    /// There, and was not before.
    Written(String),
    /// There as it was before.
    Present(String),
    /// Here, to be uploaded.
    Fetched(File),
}

impl To {
    /// Where pictures are to go.
    ///
    /// # Errors
    /// If there is no such task, or it is no draft.
    pub(super) async fn of(target: &Target, client: &Client) -> Result<Self, Failure> {
        let id = match (&target.output, &target.task) {
            (Some(path), _) => return Ok(Self::Folder { path: path.clone(), overwrite: target.overwrite }),
            (None, Some(id)) => id,
            (None, None) => return Err(Failure::new(Exit::Usage, "--output or --task says where the pictures go")),
        };
        if task(client, id).await?.state() != TaskState::Draft {
            let failure = Failure::new(Exit::State, "the task is not a draft any more: its images are fixed");
            return Err(failure.remedy("labelmesh tasks create, for a new draft"));
        }
        let there = upload::there(client, id).await?;
        Ok(Self::Task { id: id.clone(), there, folder: tempfile::tempdir()? })
    }

    /// The task, where it is one.
    pub(super) fn task(&self) -> Option<&str> {
        match self {
            Self::Folder { .. } => None,
            Self::Task { id, .. } => Some(id),
        }
    }

    /// Leaves alone what lies in the folder that is written to, where that is within one that is read: what was made
    /// before.
    pub(super) fn leave_alone(&self, found: &mut Found) {
        let Self::Folder { path, .. } = self else { return };
        // What is not there has nothing in it.
        let Ok(out) = path.canonicalize() else { return };
        let (made, rest): (Vec<File>, Vec<File>) =
            std::mem::take(&mut found.files).into_iter().partition(|file| was_made(file, &out));
        found.files = rest;
        found.left_alone.extend(made.into_iter().map(|file| (file.name, MADE_BEFORE)));
    }

    /// Takes a picture of a source, under a name.
    ///
    /// # Errors
    /// If something else has its place, the server refuses or stays away, or it can't be written.
    pub(super) async fn take(&self, source: &File, name: &str, picture: Remote<'_>) -> Result<Placed, Failure> {
        match self {
            Self::Folder { path, overwrite } => {
                let path = inside(path, name);
                let shown = path.display().to_string();
                if is_there(&path, picture, source, *overwrite)? {
                    return Ok(Placed::Present(shown));
                }
                if let Some(parent) = path.parent() {
                    fs::create_dir_all(parent).map_err(|error| Failure::file(parent, &error))?;
                }
                picture.write(&path).await?;
                Ok(Placed::Written(shown))
            }
            Self::Task { there, folder, .. } => {
                if let Some(image) = there.get(&picture.rendition.sha256) {
                    return Ok(Placed::Present(image.name.clone()));
                }
                let path = folder.path().join(format!("{}-{}", source.place, picture.index));
                picture.write(&path).await?;
                let (name, size, place) = (name.to_owned(), picture.rendition.size_bytes, source.place);
                Ok(Placed::Fetched(File { name, path, size, place }))
            }
        }
    }
}

/// Whether the picture is there already.
///
/// # Errors
/// If something else is, which stays unless it may be written over; the picture's own source always does.
fn is_there(path: &Path, picture: Remote<'_>, source: &File, overwrite: bool) -> Result<bool, Failure> {
    let there = match fs::symlink_metadata(path) {
        Ok(there) => there,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(Failure::file(path, &error)),
    };
    let is_file = there.is_file();
    if is_file && there.len() == picture.rendition.size_bytes {
        let digest = sha256(path).map_err(|error| Failure::file(path, &error))?;
        if digest == picture.rendition.sha256 {
            return Ok(true);
        }
    }
    let refused = |why: &str| Err(Failure::new(Exit::Refused, format!("{}: {why}", path.display())));
    if is_same(path, &source.path) {
        return refused("it would write over what it is made of");
    }
    if !is_file {
        return refused("it is there, and no file");
    }
    if overwrite { Ok(false) } else { refused("another file is there, and stays without --overwrite") }
}

/// Whether a file lies in the folder that is written to, and that within the one in which the file was found.
fn was_made(file: &File, out: &Path) -> bool {
    let depth = Path::new(&file.name).components().count();
    let root = file.path.ancestors().nth(depth).unwrap_or(Path::new(""));
    let root = if root.as_os_str().is_empty() { Path::new(".") } else { root };
    let (Ok(root), Ok(path)) = (root.canonicalize(), file.path.canonicalize()) else { return false };
    out != root && out.starts_with(&root) && path.starts_with(out)
}

#[cfg(test)]
mod tests {
    use labelmesh_sdk::renditions::Rendition;

    use super::*;
    use crate::images::find_sources;

    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn what_was_made_before_is_no_source() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("small/more")).expect("made");
        for name in ["a.png", "small/a.png", "small/more/b.png"] {
            fs::write(at(name), "GIF89a").expect("written");
        }
        let names = |given: &[PathBuf], out: &str| {
            let mut found = find_sources(given).expect("found");
            To::Folder { path: at(out), overwrite: false }.leave_alone(&mut found);
            found.files.into_iter().map(|file| file.name).collect::<Vec<_>>()
        };
        let all = ["a.png", "small/a.png", "small/more/b.png"];
        assert_eq!(names(&[at("")], "small"), ["a.png"]);
        assert_eq!(names(&[at("")], "none"), all);
        assert_eq!(names(&[at("")], ""), all, "the folder itself is meant");
        assert_eq!(names(&[at("small/a.png")], "small"), ["a.png"], "what is named is meant");
        assert_eq!(names(&[at("**/*.png")], "small"), ["a.png"]);
    }

    #[tokio::test]
    async fn nothing_else_is_written_over_unless_that_is_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        for (name, text) in [("same.png", "abc"), ("other.png", "xyz"), ("source.png", "xyz")] {
            fs::write(at(name), text).expect("written");
        }
        let rendition = Rendition { sha256: ABC.to_owned(), size_bytes: 3, ..Rendition::default() };
        let client = Client::new("http://127.0.0.1:1").expect("an address");
        let picture = Remote { client: &client, transformation_id: "t", index: 0, rendition: &rendition };
        let source = File { name: "source.png".to_owned(), path: at("source.png"), size: 3, place: 1 };
        let there = |name: &str, overwrite| {
            is_there(&at(name), picture, &source, overwrite).map_err(|failure| failure.message.contains("of"))
        };
        assert_eq!((there("none.png", false), there("same.png", false)), (Ok(false), Ok(true)));
        assert!(there("other.png", false).is_err());
        assert_eq!(there("other.png", true), Ok(false));
        assert_eq!(there("source.png", true), Err(true), "not what it is made of");
    }
}
