//! Images of containers from scratch: one layer of files, as an archive that containerd imports.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Seek as _, SeekFrom, Write},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tar::{Builder, EntryType, Header};

use crate::command::{command, output};

/// Where a file of an image comes from.
#[derive(Debug, Clone)]
enum Content {
    File(PathBuf),
    Text(String),
    Folder,
}

/// An image that is put together.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    name: String,
    entrypoint: Vec<String>,
    user: String,
    files: Vec<(String, u32, Content)>,
}

impl Image {
    /// An empty image with a name and a version, such as `registry.example.com/labelmesh:0.1.0`.
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), entrypoint: vec![], user: String::new(), files: vec![] }
    }

    /// What it runs unless a pod says otherwise.
    pub(crate) fn entrypoint(mut self, command: &[&str]) -> Self {
        self.entrypoint = command.iter().map(|&word| word.to_owned()).collect();
        self
    }

    /// Who it runs as unless a pod says otherwise.
    pub(crate) fn user(mut self, user: &str) -> Self {
        user.clone_into(&mut self.user);
        self
    }

    /// A folder that anybody may write in.
    pub(crate) fn scratch_folder(mut self, path: &str) -> Self {
        self.files.push((path.to_owned(), 0o1777, Content::Folder));
        self
    }

    /// A text.
    pub(crate) fn text(mut self, path: &str, text: &str) -> Self {
        self.files.push((path.to_owned(), 0o644, Content::Text(text.to_owned())));
        self
    }

    /// A file of this machine.
    pub(crate) fn file(mut self, path: &str, source: &Path) -> Self {
        self.files.push((path.to_owned(), 0o644, Content::File(source.to_owned())));
        self
    }

    /// A program of this machine, without the libraries that it needs.
    pub(crate) fn static_program(mut self, path: &str, source: &Path) -> Self {
        self.files.push((path.to_owned(), 0o755, Content::File(source.to_owned())));
        self
    }

    /// A program of this machine, with the libraries that it needs, at the places where they are here.
    ///
    /// # Errors
    /// If they can't be found out.
    pub(crate) fn program(mut self, path: &str, source: &Path) -> anyhow::Result<Self> {
        for library in libraries(source)? {
            let file = library.canonicalize().with_context(|| format!("can't find {}", library.display()))?;
            self = self.static_program(&library.to_string_lossy(), &file);
        }
        Ok(self.static_program(path, source))
    }

    /// Writes the image as an archive.
    ///
    /// # Errors
    /// If a file of it can't be read, or the archive not be written.
    pub(crate) fn write(&self, archive: &Path) -> anyhow::Result<()> {
        let layer = self.layer().with_context(|| format!("can't put {} together", self.name))?;
        let (mut layer, digest) = (layer.0, layer.1);
        let size = layer.seek(SeekFrom::End(0))?;
        layer.seek(SeekFrom::Start(0))?;
        let config = json!({
            "architecture": "amd64",
            "os": "linux",
            "created": "1970-01-01T00:00:00Z",
            "config": {"Entrypoint": self.entrypoint, "User": self.user, "Env": ["PATH=/usr/local/bin:/usr/bin:/bin"]},
            "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{digest}")]},
        });
        let config = config.to_string();
        let config_name = format!("{}.json", hex::encode(Sha256::digest(config.as_bytes())));
        let manifest = json!([{"Config": config_name, "RepoTags": [self.name], "Layers": ["layer.tar"]}]).to_string();
        let mut written = || -> io::Result<()> {
            let mut tar = Builder::new(File::create(archive)?);
            append(&mut tar, &config_name, 0o644, config.len() as u64, config.as_bytes())?;
            append(&mut tar, "layer.tar", 0o644, size, &mut layer)?;
            append(&mut tar, "manifest.json", 0o644, manifest.len() as u64, manifest.as_bytes())?;
            tar.finish()
        };
        written().with_context(|| format!("can't write {}", archive.display()))
    }

    /// The one layer, and its digest.
    fn layer(&self) -> anyhow::Result<(File, String)> {
        let mut digesting = Digesting { file: tempfile::tempfile()?, digest: Sha256::new() };
        let mut tar = Builder::new(&mut digesting);
        let mut there = BTreeSet::new();
        for (path, mode, content) in &self.files {
            let path = path.trim_start_matches('/');
            // Two programs may need the same library.
            if !there.insert(path) {
                continue;
            }
            match content {
                Content::Text(text) => append(&mut tar, path, *mode, text.len() as u64, text.as_bytes())?,
                Content::File(source) => {
                    let file = File::open(source).with_context(|| format!("can't open {}", source.display()))?;
                    append(&mut tar, path, *mode, file.metadata()?.len(), file)?;
                }
                Content::Folder => {
                    let mut header = header(*mode, 0);
                    header.set_entry_type(EntryType::Directory);
                    tar.append_data(&mut header, format!("{path}/"), io::empty())?;
                }
            }
        }
        tar.finish()?;
        drop(tar);
        let Digesting { file, digest } = digesting;
        Ok((file, hex::encode(digest.finalize())))
    }
}

/// Passes on what is written, and digests it.
struct Digesting {
    file: File,
    digest: Sha256,
}

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn append(tar: &mut Builder<impl Write>, path: &str, mode: u32, size: u64, content: impl io::Read) -> io::Result<()> {
    tar.append_data(&mut header(mode, size), path, content)
}

/// Of nobody and of no time, so that the same files are the same image.
fn header(mode: u32, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_size(size);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header
}

/// The system's libraries that a program is linked to, as the loader finds them, the loader among them. What a wheel
/// brings beside its programs is none of the system's.
fn libraries(program: &Path) -> anyhow::Result<Vec<PathBuf>> {
    // Both `libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x...)` and `/lib64/ld-linux-x86-64.so.2 (0x...)`.
    let listed = output(&mut command("ldd", [program]))?;
    let path = |line: &str| line.split_whitespace().find(|word| word.starts_with('/')).map(PathBuf::from);
    let system = |path: &PathBuf| ["/lib", "/lib64", "/usr/lib"].iter().any(|folder| path.starts_with(folder));
    Ok(listed.lines().filter_map(path).filter(system).collect())
}
