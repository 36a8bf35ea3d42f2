//! What a file takes that is not there yet.

use crate::Encoding;

/// The bytes of a pixel: decoded, with alpha, and beside that; turned, in sRGB, as coefficients.
const PIXEL_BYTES: u64 = 4 * 2 + 20;

/// The most memory that it takes to write all of a PNG of this size so, in bytes, beside the file: no less than
/// [`Source::memory_bytes_as`](crate::Source::memory_bytes_as) will tell of it. It is for whoever needs to know before
/// there is the file, which has eight bits and alpha at most.
#[must_use]
pub fn png_memory_bytes(size: (u32, u32), encoding: Encoding) -> u64 {
    u64::from(size.0) * u64::from(size.1) * PIXEL_BYTES + encoding.memory_bytes(size)
}

#[cfg(test)]
mod tests {
    use image::{ImageFormat, Rgba, RgbaImage};

    use super::*;
    use crate::{Focus, Limits, Recipe, Source, Window};

    #[test]
    fn what_a_png_takes_is_known_before_there_is_one() {
        let mut file = std::io::Cursor::new(Vec::new());
        let picture = RgbaImage::from_pixel(40, 30, Rgba([1, 2, 3, 4]));
        picture.write_to(&mut file, ImageFormat::Png).expect("a picture in memory");
        let file = file.into_inner();
        let source = Source::open(&file, Limits::default()).expect("a picture");
        let whole = Recipe::Crop { window: Window::Percent(100, 100), focus: Focus::Center };
        for encoding in [Encoding::Png, Encoding::Jpeg { quality: 80 }, Encoding::Avif { quality: 80 }] {
            let told = source.memory_bytes_as(&whole, encoding).expect("a recipe");
            assert!(told <= png_memory_bytes((40, 30), encoding), "{encoding:?}: {told}");
        }
    }
}
