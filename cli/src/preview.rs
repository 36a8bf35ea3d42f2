//! Images in the terminal.

mod blocks;
mod inline;

use std::{env, io::Cursor};

use clap::ValueEnum;
use image::{
    DynamicImage, GenericImageView as _, ImageDecoder as _, ImageReader, ImageResult, RgbImage, imageops::FilterType,
    metadata::Orientation,
};

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

    /// The image as text that a terminal shows as one, no larger than `room`; or why there is none.
    pub(crate) fn draw(self, bytes: &[u8], room: Room) -> String {
        if self == Self::None {
            return String::new();
        }
        match decoded(bytes) {
            Err(error) => format!("(the image can't be shown: {error})\n"),
            Ok(image) => match self {
                Self::Kitty => inline::kitty(&image, room),
                Self::Iterm => inline::iterm(&image, room),
                _ => blocks::draw(&image, room),
            },
        }
    }
}

/// The image as it is meant to be seen: upright.
fn decoded(bytes: &[u8]) -> ImageResult<DynamicImage> {
    let mut decoder = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?.into_decoder()?;
    // What is wrong with metadata is not wrong with the picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder)?;
    image.apply_orientation(orientation);
    Ok(image)
}

/// The image at another size, as large as fits into so many pixels with its proportions kept. Small ones become
/// larger with hard edges, which is how their pixels are best seen.
fn fitted(image: &DynamicImage, width: u32, height: u32) -> RgbImage {
    let (width, height) = (width.max(1), height.max(1));
    let (own_width, own_height) = image.dimensions();
    let grows = own_width <= width && own_height <= height;
    let filter = if grows { FilterType::Nearest } else { FilterType::Triangle };
    on_white(&image.resize(width, height, filter))
}

/// What is transparent becomes white.
fn on_white(image: &DynamicImage) -> RgbImage {
    let rgba = image.to_rgba8();
    RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [red, green, blue, alpha] = rgba.get_pixel(x, y).0;
        let over = |value: u8| {
            let (value, alpha) = (u32::from(value), u32::from(alpha));
            u8::try_from((value * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255)
        };
        image::Rgb([over(red), over(green), over(blue)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proportions_are_kept_and_transparency_is_white() {
        let image = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(40, 10, image::Rgba([9, 9, 9, 0])));
        let small = fitted(&image, 20, 20);
        assert_eq!((small.dimensions(), small.get_pixel(0, 0).0), ((20, 5), [255, 255, 255]));
        assert_eq!(fitted(&image, 80, 80).dimensions(), (80, 20));
    }

    #[test]
    fn a_photo_stands_upright() {
        let mut bytes = Cursor::new(Vec::new());
        let image = DynamicImage::ImageRgb8(RgbImage::from_pixel(40, 10, image::Rgb([9, 9, 9])));
        image.write_to(&mut bytes, image::ImageFormat::Jpeg).expect("encodes");
        let bytes = bytes.into_inner();
        // Exif 2.32, tag 0112H: a quarter to the right.
        let exif = b"\xFF\xE1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let photo = decoded(&[&bytes[..2], exif, &bytes[2..]].concat()).expect("decodes");
        assert_eq!(photo.dimensions(), (10, 40));
    }

    #[test]
    fn what_is_no_image_is_said_to_be_none() {
        let room = Room { columns: 10, rows: 10 };
        assert!(Preview::Blocks.draw(b"no image", room).contains("can't be shown"));
        assert_eq!(Preview::None.draw(b"no image", room), "");
    }
}
