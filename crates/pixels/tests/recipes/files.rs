//! Files to try, and a slow way to what should come of them.

use std::{fs, io::Cursor, path::Path};

use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Rgb, RgbImage};
use labelmesh_pixels::{Encoding, Error, Focus, Frames, Limits, Output, Recipe, Rect, Rendition, Source, Window};

pub(crate) const PNG: Output = Output { encoding: Encoding::Png, frames: Frames::First };
pub(crate) const WEBP: Output = Output { encoding: Encoding::Webp { quality: 80 }, frames: Frames::First };

/// A file that Pillow made: see `make.py` beside it.
pub(crate) fn made_by_pillow(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What these files show.
pub(crate) fn pillows_picture() -> RgbImage {
    RgbImage::from_fn(
        48,
        32,
        |x, y| {
            if x < 24 && y < 16 { Rgb([40, 40, 200]) } else { Rgb([x as u8 * 5, y as u8 * 7, 64]) }
        },
    )
}

/// A picture with slopes, waves and edges, as photos have.
pub(crate) fn photo(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (f64::from(x) / f64::from(width), f64::from(y) / f64::from(height));
        let wave = |fx: f64, fy: f64| ((x * fx + y * fy) * std::f64::consts::TAU).sin() * 50.0;
        let disc = if (x - 0.7).hypot(y - 0.4) < 0.2 { 60.0 } else { 0.0 };
        let color = |value: f64| value.clamp(0.0, 255.0) as u8;
        Rgb([color(110.0 + wave(3.0, 1.0) + disc), color(90.0 + wave(1.0, 4.0)), color(150.0 * y + 40.0 + disc)])
    })
}

pub(crate) fn encoded(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("encodes");
    bytes.into_inner()
}

pub(crate) fn make(bytes: &[u8], recipe: &Recipe, output: Output) -> Result<Rendition, Error> {
    Source::open(bytes, Limits::default())?.make(recipe, output)
}

/// All of the picture, as it is.
pub(crate) fn as_it_is() -> Recipe {
    Recipe::Crop { window: Window::Percent(100, 100), focus: Focus::Center }
}

pub(crate) fn pixels(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).expect("decodes").into_rgb8()
}

/// The slow way: decode all, turn, cut, and give each pixel the mean of the area that it covers.
pub(crate) fn reference(bytes: &[u8], window: Rect, (width, height): (u32, u32)) -> RgbImage {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().expect("memory");
    let mut decoder = reader.into_decoder().expect("a picture");
    let turn = decoder.orientation().expect("an orientation");
    let mut picture = DynamicImage::from_decoder(decoder).expect("decodes");
    picture.apply_orientation(turn);
    let picture = picture.crop_imm(window.x, window.y, window.width, window.height).into_rgb8();
    RgbImage::from_fn(width, height, |x, y| mean(&picture, (x, y), (width, height)))
}

fn mean(picture: &RgbImage, (x, y): (u32, u32), (width, height): (u32, u32)) -> Rgb<u8> {
    let covered = |at: u32, many: u32, length: u32| {
        let (from, to) = (
            f64::from(at) * f64::from(length) / f64::from(many),
            f64::from(at + 1) * f64::from(length) / f64::from(many),
        );
        let last = (to.ceil() as u32).min(length);
        (from.floor() as u32..last).map(move |at| (at, to.min(f64::from(at + 1)) - from.max(f64::from(at))))
    };
    let mut sum = [0.0; 4];
    for (row, high) in covered(y, height, picture.height()) {
        for (column, wide) in covered(x, width, picture.width()) {
            let Rgb(color) = picture.get_pixel(column, row);
            for (sum, color) in sum.iter_mut().zip(color) {
                *sum += f64::from(*color) * high * wide;
            }
            sum[3] += high * wide;
        }
    }
    Rgb([0, 1, 2].map(|channel| (sum[channel] / sum[3]).round() as u8))
}

/// How alike two pictures are, in decibels: 30 is hard to tell apart, 40 can't be.
pub(crate) fn psnr(one: &RgbImage, other: &RgbImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let squares = one.as_raw().iter().zip(other.as_raw()).map(|(a, b)| f64::from(a.abs_diff(*b)).powi(2));
    let mean = squares.sum::<f64>() / one.as_raw().len() as f64;
    10.0 * (255.0 * 255.0 / mean.max(1e-9)).log10()
}
