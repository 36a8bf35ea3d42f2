//! The picture as a file, and what is said of it.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use labelmesh_pixels::{Encoding, Rendition};
use serde_json::json;

use super::options::Picture;
use crate::{
    exit::{Exit, Failure},
    images::is_same,
    output::Output,
};

/// What can be told of the files before any is read.
pub(super) fn check(picture: &Picture, output: Output) -> Result<(), Failure> {
    let Some(out) = &picture.out else {
        if picture.file == Path::new("-") {
            return Err(Failure::new(Exit::Usage, "--out is needed: standard input has no name"));
        }
        return Ok(());
    };
    if out == Path::new("-") && output.json {
        return Err(Failure::new(Exit::Usage, "--out - and --json can't both have standard output"));
    }
    if is_same(out, &picture.file) {
        let message = format!("--out {} would write over what is read", out.display());
        return Err(Failure::new(Exit::Usage, message));
    }
    Ok(())
}

/// Writes what was made, whole or not at all, and tells of it.
pub(super) fn result(picture: &Picture, made: &Rendition, encoding: Encoding, output: Output) -> Result<(), Failure> {
    let Rendition { bytes, width, height, window } = made;
    if picture.out.as_deref() == Some(Path::new("-")) {
        let mut to = io::stdout().lock();
        return Ok(to.write_all(bytes).and_then(|()| to.flush())?);
    }
    let path = picture.out.clone().unwrap_or_else(|| beside(&picture.file, (*width, *height), encoding));
    let part = PathBuf::from(format!("{}.part", path.display()));
    let written = fs::write(&part, bytes).and_then(|()| fs::rename(&part, &path));
    if let Err(error) = written {
        let _ = fs::remove_file(&part);
        return Err(Failure::file(&path, &error));
    }
    let told = json!({
        "file": path, "mediaType": encoding.media_type(), "width": width, "height": height, "bytes": bytes.len(),
        "window": {"x": window.x, "y": window.y, "width": window.width, "height": window.height},
    });
    output.result(&told, || format!("{}: {width} x {height} pixels, {} bytes", path.display(), bytes.len()))
}

/// The file's name with a size, and the ending of what is written.
fn beside(file: &Path, (width, height): (u32, u32), encoding: Encoding) -> PathBuf {
    let ending = match encoding {
        Encoding::Jpeg { .. } => "jpg",
        Encoding::Png => "png",
        Encoding::Webp { .. } => "webp",
    };
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!("{stem}-{width}x{height}.{ending}"))
}
