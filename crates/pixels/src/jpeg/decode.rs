//! JPEG to pixels, by libjpeg: smaller by its DCT where fewer are needed, and of the blocks those that are wanted.

use std::ops::Range;

use image::{DynamicImage, GrayImage, RgbImage};
use mozjpeg_sys::J_COLOR_SPACE::{JCS_GRAYSCALE, JCS_RGB, JCS_UNKNOWN, JCS_YCbCr};

use super::{
    START_OF_SCAN, end_of_scan, errors, next,
    reader::{Header, Output, Rows},
    scans,
};
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

fn read(bytes: &[u8], eighths: u8, region: Option<Rect>, wanted: Channels) -> Result<(DynamicImage, Channels), String> {
    let header = Header::read(bytes);
    let (space, given) = match (header.space(), wanted) {
        (JCS_GRAYSCALE, _) => (JCS_GRAYSCALE, Channels::Rgb),
        (JCS_YCbCr, Channels::YCbCr) => (JCS_YCbCr, Channels::YCbCr),
        _ => (JCS_RGB, Channels::Rgb),
    };
    let rows = header.start(Output { eighths, space, is_smooth: true });
    let size = rows.size();
    let region = region.map_or((0..size.0, 0..size.1), |region| ranges(region, size));
    let (width, height) = (as_side(region.0.len()), as_side(region.1.len()));
    // The rest is not read: what is wrong with it is nobody's trouble.
    let pixels = cut(rows, region);
    whole(bytes)?;
    let picture = if space == JCS_GRAYSCALE {
        GrayImage::from_raw(width, height, pixels).map(DynamicImage::from)
    } else {
        RgbImage::from_raw(width, height, pixels).map(DynamicImage::from)
    };
    Ok((picture.expect("as many pixels as rows and columns were read"), given))
}

/// The pixels of some columns and rows.
fn cut(mut reader: Rows<'_>, (columns, rows): (Range<usize>, Range<usize>)) -> Vec<u8> {
    let channels = reader.channels();
    let kept = reader.keep_columns(&columns);
    reader.skip(rows.start);
    let mut pixels = vec![0; columns.len() * rows.len() * channels];
    let cut_rows = pixels.chunks_exact_mut(columns.len() * channels);
    if kept == columns {
        cut_rows.for_each(|row| reader.read(row));
        return pixels;
    }
    let mut wide = vec![0; kept.len() * channels];
    let from = (columns.start - kept.start) * channels;
    for row in cut_rows {
        reader.read(&mut wide);
        row.copy_from_slice(&wide[from..from + row.len()]);
    }
    pixels
}

/// Reads a picture of any components to its last pixel and keeps none of them.
///
/// # Errors
/// Damaged or TooManyScans.
pub(crate) fn check(bytes: &[u8]) -> Result<(), Error> {
    judged(|| read_all(bytes))
}

/// What was read, or what is wrong with the file.
fn judged<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, Error> {
    caught(read).flatten().map_err(|said| match errors::has_too_many_scans() {
        true => Error::TooManyScans { max_scans: MAX_SCANS },
        false => Error::Damaged(said),
    })
}

fn read_all(bytes: &[u8]) -> Result<(), String> {
    read_rows(bytes)?;
    whole(bytes)
}

fn read_rows(bytes: &[u8]) -> Result<(), String> {
    let header = Header::read(bytes);
    let space = header.space();
    if space == JCS_UNKNOWN {
        return Err("its colors are not known".to_owned());
    }
    // One pixel of each block is made: its other coefficients are read all the same, and they tell.
    let mut rows = header.start(Output { eighths: 1, space, is_smooth: false });
    let (width, height) = rows.size();
    let mut row = vec![0; width * rows.channels()];
    for _ in 0..height {
        rows.read(&mut row);
    }
    Ok(())
}

/// Judges what was read to its end.
fn whole(bytes: &[u8]) -> Result<(), String> {
    if errors::lacks_pixels() || scans::are_missing(bytes) { Err("pixels are missing".to_owned()) } else { Ok(()) }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jpeg::{encode::encode, rewrite::rewritten};

    /// A picture whose colors and brightness change from pixel to pixel.
    fn picture() -> DynamicImage {
        let pixels = RgbImage::from_fn(83, 101, |x, y| {
            let color = |factor: u32| ((x * x + y * factor + x * y / 3) % 200) as u8;
            image::Rgb([color(3), color(7), color(11)])
        });
        pixels.into()
    }

    /// In one scan and in several, with colors half as fine as brightness and as fine, and without colors.
    fn files() -> Vec<Vec<u8>> {
        let picture = picture();
        let grey = DynamicImage::from(picture.to_luma8());
        let one_scan = [encode(&picture, 80, None), encode(&picture, 95, None), encode(&grey, 80, None)];
        let mut files: Vec<_> = one_scan.into_iter().map(|file| file.expect("encodes")).collect();
        for at in 0..files.len() {
            files.push(rewritten(&files[at], true).expect("is written anew"));
        }
        files
    }

    #[test]
    fn a_part_is_what_the_whole_has_there_whatever_blocks_and_rows_are_left_out() {
        for (number, file) in files().iter().enumerate() {
            for (eighths, wanted) in
                [1, 3, 4, 8].into_iter().flat_map(|eighths| [Channels::Rgb, Channels::YCbCr].map(|to| (eighths, to)))
            {
                let (whole, _) = decode(file, eighths, None, wanted).expect("decodes");
                let (columns, rows) = (spans(whole.width()), spans(whole.height()));
                let places = columns.iter().flat_map(|column| rows.iter().map(move |row| (*column, *row)));
                for ((x, width), (y, height)) in places {
                    let (part, _) = decode(file, eighths, Some(Rect { x, y, width, height }), wanted).expect("decodes");
                    let should = whole.crop_imm(x, y, width, height);
                    assert!(part == should, "{number} at {eighths}/8: {x} {y} {width} {height}");
                }
            }
        }
    }

    /// Starts and lengths: at the edges of the picture and of blocks, and between them.
    fn spans(length: u32) -> Vec<(u32, u32)> {
        let starts = [0, 1, 15, 16, 33, length - 1];
        let spans = starts.into_iter().filter(|start| *start < length).flat_map(|start| {
            let rest = length - start;
            [(start, 1), (start, rest.div_ceil(3)), (start, rest)]
        });
        spans.collect()
    }
}
