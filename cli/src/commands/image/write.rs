//! The picture as a file, and what is said of it.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use labelmesh_pixels::{Encoding, Rect, Rendition};
use serde_json::{Value, json};

use super::options::Files;
use crate::{
    exit::{Exit, Failure},
    images::is_same,
    output::Output,
};

/// What can be told of the files before any is read.
pub(super) fn check(files: &Files, output: Output) -> Result<(), Failure> {
    let Some(out) = &files.output else {
        if files.file == Path::new("-") {
            return Err(Failure::new(Exit::Usage, "--output is needed: standard input has no name"));
        }
        return Ok(());
    };
    if out == Path::new("-") && output.json {
        return Err(Failure::new(Exit::Usage, "--output - and --json can't both have standard output"));
    }
    if is_same(out, &files.file) {
        let message = format!("--output {} would write over what is read", out.display());
        return Err(Failure::new(Exit::Usage, message));
    }
    Ok(())
}

/// Writes what was made, and tells of it.
pub(super) fn result(files: &Files, made: &Rendition, encoding: Encoding, output: Output) -> Result<(), Failure> {
    let Rendition { bytes, width, height, .. } = made;
    let name = (format!("{width}x{height}"), encoding.media_type());
    let Some(path) = file(files, bytes, (&name.0, name.1))? else { return Ok(()) };
    output.result(&told(&path, made, encoding), || text(&path, made))
}

/// What is said of a picture that was written, in JSON.
pub(super) fn told(path: &Path, made: &Rendition, encoding: Encoding) -> Value {
    let Rendition { bytes, width, height, window } = made;
    json!({
        "file": path, "mediaType": encoding.media_type(), "width": width, "height": height, "bytes": bytes.len(),
        "window": place(*window),
    })
}

/// The same for people.
pub(super) fn text(path: &Path, Rendition { bytes, width, height, .. }: &Rendition) -> String {
    format!("{}: {width} x {height} pixels, {} bytes", path.display(), bytes.len())
}

/// A place in the upright picture.
pub(super) fn place(Rect { x, y, width, height }: Rect) -> Value {
    json!({"x": x, "y": y, "width": width, "height": height})
}

/// Writes a file, whole or not at all: where it is wanted, or beside the original with something added to its name.
/// Says where; nowhere, where it went to standard output.
pub(super) fn file(files: &Files, bytes: &[u8], (added, media_type): (&str, &str)) -> Result<Option<PathBuf>, Failure> {
    if files.output.as_deref() == Some(Path::new("-")) {
        let mut to = io::stdout().lock();
        to.write_all(bytes).and_then(|()| to.flush())?;
        return Ok(None);
    }
    let path = files.output.clone().unwrap_or_else(|| beside(&files.file, added, media_type));
    let part = PathBuf::from(format!("{}.part", path.display()));
    let written = fs::write(&part, bytes).and_then(|()| fs::rename(&part, &path));
    if let Err(error) = written {
        let _ = fs::remove_file(&part);
        return Err(Failure::file(&path, &error));
    }
    Ok(Some(path))
}

/// The file's name with something added, and the ending of what is written.
fn beside(file: &Path, added: &str, media_type: &str) -> PathBuf {
    let (stem, ending) = (file.file_stem().unwrap_or_default().to_string_lossy(), ending(media_type));
    file.with_file_name(format!("{stem}-{added}.{ending}"))
}

/// What the names of such pictures end in.
pub(crate) fn ending(media_type: &str) -> &str {
    match media_type {
        "image/jpeg" => "jpg",
        other => other.trim_start_matches("image/"),
    }
}
