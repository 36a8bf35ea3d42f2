//! A file that is there when it is whole, and not before.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufWriter, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use crate::exit::Failure;

/// A file that is written beside its place and takes it when it is whole. Whatever else becomes of it, also where the
/// program is interrupted, an old file stays as it was and nothing is left of the new one.
#[derive(Debug)]
pub(crate) struct Part {
    path: PathBuf,
    part: PathBuf,
    file: BufWriter<File>,
}

impl Part {
    /// Begins a file for a path, with these permissions as far as the user's mask leaves them.
    pub(crate) fn create(path: &Path, mode: u32) -> Result<Self, Failure> {
        let part = PathBuf::from(format!("{}.part", path.display()));
        // One that was left behind might be readable for others.
        let _ = fs::remove_file(&part);
        let file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&part);
        let file = file.map_err(|error| Failure::file(&part, &error))?;
        Ok(Self { path: path.to_owned(), part, file: BufWriter::new(file) })
    }

    /// What is written to.
    pub(crate) fn writer(&mut self) -> &mut BufWriter<File> {
        &mut self.file
    }

    /// Says that the file is whole.
    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        fs::rename(&self.part, &self.path).map_err(|error| Failure::file(&self.path, &error))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // After it has taken its place there is none.
        let _ = fs::remove_file(&self.part);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_file_takes_its_place_when_it_is_whole_and_otherwise_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("export.json");
        fs::write(&path, "old").expect("written");
        let mut part = Part::create(&path, 0o600).expect("begun");
        write!(part.writer(), "new").expect("written");
        drop(part);
        assert_eq!(fs::read_to_string(&path).expect("there"), "old");
        let mut part = Part::create(&path, 0o600).expect("begun");
        write!(part.writer(), "new").expect("written");
        part.finish().expect("whole");
        assert_eq!(fs::read_to_string(&path).expect("there"), "new");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1);
    }
}
