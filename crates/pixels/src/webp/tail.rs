//! What follows the last pixel in the compressed data of a WebP, which no decoder tells.

use std::borrow::Cow;

use image::DynamicImage;

use super::{EXTENDED, HAS_ALPHA, put, set_length};
use crate::{Format, caught::caught, picture::decoder};

/// So many bytes at the end are tried first. A picture needs some of them: a decoder reads a few ahead, an encoder
/// writes a few too many.
const TRIED: usize = 16;

/// The data of an image, with zeros in place of the bytes at its end that do not change what is `seen` of it. Decodes
/// it twice, and two dozen times more where there are such bytes; tells whether it can be decoded.
pub(super) fn bare(data: &[u8], seen: impl Fn(&[u8]) -> Option<DynamicImage>) -> (Cow<'_, [u8]>, bool) {
    let zeroed = |count: usize| {
        let mut zeroed = data.to_vec();
        zeroed[data.len() - count..].fill(0);
        zeroed
    };
    let Some(whole) = seen(data) else { return (data.into(), false) };
    let is_same = |count| seen(&zeroed(count)).is_some_and(|picture| picture == whole);
    if data.len() <= TRIED || !is_same(TRIED) {
        return (data.into(), true);
    }
    let (mut same, mut other) = (TRIED, data.len());
    while other - same > 1 {
        let middle = same.midpoint(other);
        if is_same(middle) {
            same = middle;
        } else {
            other = middle;
        }
    }
    (zeroed(same).into(), true)
}

/// What is seen of an image.
pub(super) fn image(kind: &[u8; 4], data: &[u8]) -> Option<DynamicImage> {
    decoded(&file(&[(kind, data)]))
}

/// What is seen of an image with its alpha.
pub(super) fn with_alpha(alpha: &[u8], image: &DynamicImage, data: &[u8]) -> Option<DynamicImage> {
    let mut header = [HAS_ALPHA, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    header[4..7].copy_from_slice(&(image.width().checked_sub(1)?).to_le_bytes()[..3]);
    header[7..EXTENDED].copy_from_slice(&(image.height().checked_sub(1)?).to_le_bytes()[..3]);
    decoded(&file(&[(b"VP8X", &header), (b"ALPH", alpha), (b"VP8 ", data)]))
}

fn file(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
    for (kind, data) in chunks {
        put(kind, data, &mut file);
    }
    set_length(&mut file, 4, 8);
    file
}

fn decoded(file: &[u8]) -> Option<DynamicImage> {
    let decode = || DynamicImage::from_decoder(decoder(Format::Webp, file, None).ok()?).ok();
    caught(decode).ok().flatten()
}
