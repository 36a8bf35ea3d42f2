//! Images in the terminal.

mod blocks;
mod inline;

use std::env;

use clap::ValueEnum;
use image::{DynamicImage, GenericImageView as _, RgbImage, imageops::FilterType};
use labelmesh_pixels::{Error, Limits, Source};

/// Whoever made the image a task's has judged it; memory is bounded all the same.
const MAX_MEMORY_BYTES: u64 = 2 << 30;

/// How images are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Preview {
    /// The best that the terminal is known to do.
    Auto,
    /// Coloured half blocks: works in every terminal with true colour, and over ssh and tmux.
    Blocks,
    /// The graphics protocol of kitty, ghostty and WezTerm.
    Kitty,
    /// The inline images of iTerm2.
    Iterm,
    /// Not at all.
    None,
}

/// A place on the screen, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room {
    pub(crate) columns: u32,
    pub(crate) rows: u32,
}

impl Preview {
    /// The best for this terminal, where that was left open.
    pub(crate) fn decided(self) -> Self {
        if self != Self::Auto {
            return self;
        }
        let var = |name: &str| env::var(name).unwrap_or_default();
        // Within tmux and screen only text comes through.
        if !var("TMUX").is_empty() || var("TERM").starts_with("screen") {
            return Self::Blocks;
        }
        match (var("TERM").as_str(), var("TERM_PROGRAM").as_str()) {
            ("xterm-kitty", _) | (_, "ghostty" | "WezTerm") => Self::Kitty,
            (_, "iTerm.app") => Self::Iterm,
            _ => Self::Blocks,
        }
    }

    /// The most pixels on one side that are shown in a place.
    fn longest_side(self, room: Room) -> u32 {
        let (width, height) = match self {
            Self::Kitty | Self::Iterm => inline::pixels(room),
            _ => blocks::pixels(room),
        };
        width.max(height)
    }

    /// The image as text that a terminal shows as one, no larger than `room`; or why there is none.
    pub(crate) fn draw(self, bytes: &[u8], room: Room) -> String {
        if self == Self::None {
            return String::new();
        }
        match decoded(bytes, self.longest_side(room)) {
            Err(error) => format!("(the image can't be shown: {error})\n"),
            Ok(image) => match self {
                Self::Kitty => inline::kitty(&image, room),
                Self::Iterm => inline::iterm(&image, room),
                _ => blocks::draw(&image, room),
            },
        }
    }
}

/// The image as a browser shows it: upright, with its color profile, and white where it is transparent. One with more
/// pixels on its longer side is made as small.
fn decoded(bytes: &[u8], longest_side: u32) -> Result<DynamicImage, Error> {
    let limits =
        Limits { max_bytes: u64::MAX, max_pixels: u64::MAX, max_memory_bytes: MAX_MEMORY_BYTES, ..Limits::default() };
    Ok(Source::open(bytes, limits)?.small(longest_side.max(1))?.into())
}

/// The image at another size, as large as fits into so many pixels with its proportions kept. Small ones become
/// larger with hard edges, which is how their pixels are best seen.
fn fitted(image: &DynamicImage, width: u32, height: u32) -> RgbImage {
    let (width, height) = (width.max(1), height.max(1));
    let (own_width, own_height) = image.dimensions();
    let grows = own_width <= width && own_height <= height;
    let filter = if grows { FilterType::Nearest } else { FilterType::Triangle };
    image.resize(width, height, filter).into_rgb8()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ExtendedColorType, ImageEncoder as _, ImageFormat, Rgb, Rgba, RgbaImage, codecs::png::PngEncoder};
    use moxcms::ColorProfile;

    use super::*;

    fn encoded(image: DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).expect("encodes");
        bytes.into_inner()
    }

    #[test]
    fn proportions_are_kept_and_transparency_is_white() {
        let image = DynamicImage::ImageRgba8(RgbaImage::from_pixel(40, 10, Rgba([9, 9, 9, 0])));
        let image = decoded(&encoded(image, ImageFormat::Png), 80).expect("decodes");
        let small = fitted(&image, 20, 20);
        assert_eq!((small.dimensions(), small.get_pixel(0, 0).0), ((20, 5), [255, 255, 255]));
        assert_eq!(fitted(&image, 80, 80).dimensions(), (80, 20));
    }

    #[test]
    fn a_large_image_is_no_larger_than_its_place() {
        let image = DynamicImage::ImageRgb8(RgbImage::from_pixel(400, 1_000, Rgb([9, 9, 9])));
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let small = decoded(&encoded(image.clone(), format), 50).expect("decodes");
            assert_eq!(small.dimensions(), (20, 50), "{format:?}");
        }
    }

    #[test]
    fn a_photo_stands_upright_however_the_camera_was_held() {
        // One corner is red: where it is seen, and whether width and height change places, tells all eight apart.
        let stored = RgbImage::from_fn(64, 32, |x, y| if x < 32 && y < 16 { Rgb([230, 20, 20]) } else { Rgb([20; 3]) });
        let bytes = encoded(stored.into(), ImageFormat::Jpeg);
        let corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0), (1, 0), (1, 1), (0, 1)];
        for (orientation, corner) in (1..=8).zip(corners) {
            // Exif 2.32, tag 0112H.
            let tag = [1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
            let exif = [b"\xFF\xE1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01", &tag[..], &[0; 4]].concat();
            let photo = decoded(&[&bytes[..2], &exif, &bytes[2..]].concat(), 64).expect("decodes").into_rgb8();
            let (width, height) = photo.dimensions();
            assert_eq!((width, height), if orientation < 5 { (64, 32) } else { (32, 64) }, "{orientation}");
            for (x, y) in [(0, 0), (1, 0), (1, 1), (0, 1)] {
                let is_red = photo.get_pixel(4 + x * (width - 9), 4 + y * (height - 9)).0[0] > 120;
                assert_eq!(is_red, (x, y) == corner, "{orientation}: {x}, {y}");
            }
        }
    }

    #[test]
    fn colors_are_those_that_the_profile_tells() {
        let mut bytes = Vec::new();
        let mut encoder = PngEncoder::new(&mut bytes);
        let profile = ColorProfile::new_display_p3().encode().expect("a profile");
        encoder.set_icc_profile(profile).expect("a place for it");
        let pixels = [200, 100, 50].repeat(16);
        encoder.write_image(&pixels, 4, 4, ExtendedColorType::Rgb8).expect("encodes");
        let [red, green, blue] = decoded(&bytes, 4).expect("decodes").into_rgb8().get_pixel(1, 1).0;
        assert!(red.abs_diff(215) < 3 && green.abs_diff(93) < 3 && blue.abs_diff(31) < 3, "{red} {green} {blue}");
    }

    #[test]
    fn a_gif_is_shown_as_browsers_show_it() {
        let frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;";
        let colors: &[u8] = &[0x80, 0, 0, 255, 255, 255, 0, 0, 0];
        for (screen, table, size, color) in [
            ([0, 0, 0, 0], colors, (1, 1), 255),
            ([0, 0, 10, 0], colors, (1, 10), 255),
            ([1, 0, 1, 0], &[0, 0, 0][..], (1, 1), 0),
        ] {
            let gif = [b"GIF89a", &screen[..], table, frame].concat();
            let image = decoded(&gif, 20).expect("decodes").into_rgb8();
            assert_eq!((image.dimensions(), image.get_pixel(0, 0).0), (size, [color; 3]), "{screen:?}");
            let drawn = Preview::Blocks.draw(&gif, Room { columns: 10, rows: 10 });
            assert!(drawn.contains('▀'), "{screen:?}: {drawn}");
        }
    }

    #[test]
    fn what_is_no_image_is_said_to_be_none() {
        let room = Room { columns: 10, rows: 10 };
        assert!(Preview::Blocks.draw(b"no image", room).contains("can't be shown"));
        assert_eq!(Preview::None.draw(b"no image", room), "");
    }
}
