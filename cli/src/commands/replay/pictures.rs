//! A small picture for each item, no two alike.

use std::fs;

use image::{Rgb, RgbImage};
use tempfile::TempDir;

use crate::{
    exit::{Exit, Failure},
    images::File,
    output::Output,
    progress::bar,
};

/// Pictures in a folder that goes away with them.
pub(super) struct Pictures {
    files: Vec<File>,
    _folder: TempDir,
}

impl Pictures {
    /// Draws a picture for each item.
    pub(super) fn draw(items: &[String], output: Output) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()?;
        let mut files = Vec::with_capacity(items.len());
        let bar = bar(output, items.len() as u64, "drawing");
        for (place, (number, item)) in (1..).zip((0..).zip(items)) {
            let path = folder.path().join(format!("{number}.png"));
            let broken = |error: image::ImageError| Failure::new(Exit::Unexpected, error.to_string());
            picture(number).save(&path).map_err(broken)?;
            let size = fs::metadata(&path)?.len();
            files.push(File { name: name(item), path, size, place });
            bar.inc(1);
        }
        Ok(Self { files, _folder: folder })
    }

    pub(super) fn files(&self) -> Vec<File> {
        self.files.clone()
    }
}

/// What the picture of an item is called; no two items' alike.
pub(super) fn name(item: &str) -> String {
    format!("{item}.png")
}

/// The number in the bits of the colours of two pixels.
fn picture(number: u32) -> RgbImage {
    let [a, b, c, d] = number.to_be_bytes();
    RgbImage::from_fn(8, 8, |x, _| if x < 4 { Rgb([b, c, d]) } else { Rgb([a, d, c]) })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_pictures_are_alike() {
        let pictures: HashSet<Vec<u8>> = (0..1000).chain([1 << 24, 1 << 25]).map(|n| picture(n).into_raw()).collect();
        assert_eq!(pictures.len(), 1002);
    }
}
