//! JPEG to pixels, by libjpeg: smaller by its DCT where fewer pixels are needed, and no more rows than are wanted.

use std::ops::Range;

use image::{DynamicImage, GrayImage, RgbImage};
use mozjpeg::{ColorSpace, ColorSpaceExt as _, Decompress};

use super::{START_OF_SCAN, end_of_scan, errors, next, scans};
use crate::{Error, caught::caught, geometry::Rect, limits::MAX_SCANS};

/// What the three channels of a picture are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channels {
    /// Red, green and blue.
    Rgb,
    /// Brightness and two of color, as most JPEGs have them.
    YCbCr,
}

/// Decodes a picture of one or three components, `eighths` / 8 as wide and as high, and of that what is in `region`.
/// Where YCbCr is wanted and the file has it, it stays; what became of it is told.
///
/// # Errors
/// Damaged or TooManyScans.
pub(crate) fn decode(
    bytes: &[u8],
    eighths: u8,
    region: Option<Rect>,
    wanted: Channels,
) -> Result<(DynamicImage, Channels), Error> {
    judged(|| read(bytes, eighths, region, wanted))
}

/// Whether a plain picture in one scan has no byte that it does not need. Each piece of its data, up to a restart
/// marker or to the end, is given to libjpeg without its last byte, and it has to complain of each.
pub(crate) fn needs_every_byte(plain: &[u8]) -> bool {
    let mut at = 2;
    while let Some((marker, _)) = next(plain, &mut at) {
        if marker != START_OF_SCAN {
            continue;
        }
        let data = &plain[at..end_of_scan(plain, at)];
        let (mut shorter, mut pieces, mut from) = (plain[..at].to_vec(), 0, 0);
        while from <= data.len() {
            let is_restart = |pair: &[u8]| pair[0] == 0xFF && matches!(pair[1], 0xD0..=0xD7);
            let restart = data[from..].windows(2).position(is_restart);
            let (piece, marker) = data[from..].split_at(restart.unwrap_or(data.len() - from));
            shorter.extend(without_last(piece));
            shorter.extend(&marker[..marker.len().min(2)]);
            from += piece.len() + 2;
            pieces += 1;
        }
        shorter.extend(super::END);
        // That pixels are missing is what is wanted; what else is wrong, was wrong before.
        let read = judged(|| read_rows(&shorter));
        return read.is_ok() && errors::short_pieces() == pieces;
    }
    false
}

/// Data without their last byte, which may be written as two; bytes that only fill up to a marker do not count.
fn without_last(data: &[u8]) -> &[u8] {
    let filled = data.iter().rposition(|byte| *byte != 0xFF).map_or(0, |last| last + 1);
    match &data[..filled] {
        [rest @ .., 0xFF, 0] | [rest @ .., _] => rest,
        [] => &[],
    }
}

fn read(
    bytes: &[u8],
    eighths: u8,
    region: Option<Rect>,
    wanted: Channels,
) -> std::io::Result<(DynamicImage, Channels)> {
    let mut decoder = Decompress::with_err(errors::strict()).from_mem(bytes)?;
    decoder.scale(eighths);
    let (target, given) = match (decoder.color_space(), wanted) {
        (ColorSpace::JCS_GRAYSCALE, _) => (ColorSpace::JCS_GRAYSCALE, Channels::Rgb),
        (ColorSpace::JCS_YCbCr, Channels::YCbCr) => (ColorSpace::JCS_YCbCr, Channels::YCbCr),
        _ => (ColorSpace::JCS_RGB, Channels::Rgb),
    };
    let mut decoder = decoder.to_colorspace(target)?;
    let size = (decoder.width(), decoder.height());
    let channels = decoder.color_space().num_components();
    let (columns, rows) = region.map_or((0..size.0, 0..size.1), |region| ranges(region, size));
    let (width, height) = (columns.len(), rows.len());
    let mut pixels = Vec::with_capacity(width * height * channels);
    let mut row = vec![0_u8; size.0 * channels];
    for at in 0..rows.end {
        decoder.read_scanlines_into(&mut row)?;
        if at >= rows.start {
            pixels.extend_from_slice(&row[columns.start * channels..columns.end * channels]);
        }
    }
    // The rest is not read: what is wrong with it is nobody's trouble.
    drop(decoder);
    whole(bytes)?;
    let (width, height) = (as_side(width), as_side(height));
    let picture = if target == ColorSpace::JCS_GRAYSCALE {
        GrayImage::from_raw(width, height, pixels).map(DynamicImage::from)
    } else {
        RgbImage::from_raw(width, height, pixels).map(DynamicImage::from)
    };
    Ok((picture.expect("as many pixels as rows and columns were read"), given))
}

/// Reads a picture of any components to its last pixel and keeps none of them.
///
/// # Errors
/// Damaged or TooManyScans.
pub(crate) fn check(bytes: &[u8]) -> Result<(), Error> {
    judged(|| read_all(bytes))
}

/// What was read, or what is wrong with the file.
fn judged<T>(read: impl FnOnce() -> std::io::Result<T>) -> Result<T, Error> {
    let read = caught(read).and_then(|read| read.map_err(|error| error.to_string()));
    read.map_err(|said| match errors::has_too_many_scans() {
        true => Error::TooManyScans { max_scans: MAX_SCANS },
        false => Error::Damaged(said),
    })
}

fn read_all(bytes: &[u8]) -> std::io::Result<()> {
    read_rows(bytes)?;
    whole(bytes)
}

fn read_rows(bytes: &[u8]) -> std::io::Result<()> {
    let mut decoder = Decompress::with_err(errors::strict()).from_mem(bytes)?;
    // One pixel of each block is made: its other coefficients are read all the same, and they tell.
    decoder.scale(1);
    decoder.do_fancy_upsampling(false);
    let colors = decoder.color_space();
    if colors == ColorSpace::JCS_UNKNOWN {
        return Err(std::io::Error::other("its colors are not known"));
    }
    let mut decoder = decoder.to_colorspace(colors)?;
    let mut row = vec![0_u8; decoder.width() * colors.num_components()];
    for _ in 0..decoder.height() {
        decoder.read_scanlines_into(&mut row)?;
    }
    Ok(())
}

/// Judges what was read to its end.
fn whole(bytes: &[u8]) -> std::io::Result<()> {
    if errors::lacks_pixels() || scans::are_missing(bytes) {
        Err(std::io::Error::other("pixels are missing"))
    } else {
        Ok(())
    }
}

/// The columns and rows of a region that are within the picture.
fn ranges(region: Rect, (width, height): (usize, usize)) -> (Range<usize>, Range<usize>) {
    let range = |from: u32, length: u32, end: usize| {
        let to = (from as usize + length as usize).min(end);
        (from as usize).min(to)..to
    };
    (range(region.x, region.width, width), range(region.y, region.height, height))
}

fn as_side(length: usize) -> u32 {
    u32::try_from(length).expect("a side of a JPEG has 16 bits")
}
