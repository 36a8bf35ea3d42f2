//! Pictures turned as they are meant to be seen (Exif 2.32, tag 0112H), otherwise as they are.

use image::{DynamicImage, metadata::Orientation};

use crate::{
    Encoding, Error, Format,
    caught::caught,
    encode, icc, is_whole,
    picture::{Header, Stored, decoder},
};

/// Nobody sees that it was encoded twice.
const QUALITY: u8 = 92;

/// How the picture has to be turned, if it has to be.
pub(crate) fn turn(format: Format, bytes: &[u8]) -> Option<Orientation> {
    let turn = Header::read(format, bytes, None).ok()?.turn;
    (turn != Orientation::NoTransforms).then_some(turn)
}

/// The picture turned, with its color profile, in the same format.
pub(crate) fn turned(format: Format, plain: &[u8], turn: Orientation) -> Result<Vec<u8>, Error> {
    let header = Header::read(format, plain, None)?;
    let mut picture = Stored::decode(format, plain, (&header, None), (1.0, None))?.into_pixels();
    picture.apply_orientation(turn);
    let profile = header.profile.and_then(|profile| icc::plain(&profile));
    match format {
        Format::Jpeg => encode::encode(picture, Encoding::Jpeg { quality: QUALITY }, profile),
        Format::Webp => encode::lossless_webp(picture, profile),
        Format::Png | Format::Gif => encode::encode(picture, Encoding::Png, profile),
    }
}

/// Whether a file can be decoded and has the size of another. Of a JPEG, whose coefficients are copied or were read,
/// and a GIF, whose codes were, no pixels are decoded.
pub(crate) fn is_shown(format: Format, bytes: &[u8], like: &[u8]) -> bool {
    let shown = || {
        // What can't be read of the other is no reason to doubt this one.
        let like = Header::read(format, like, None).ok();
        let size = Header::read(format, bytes, None).ok()?.size;
        let is_like = like.is_none_or(|like| like.size == size);
        let decoded = || DynamicImage::from_decoder(decoder(format, bytes, None).ok()?).ok();
        Some(match format {
            Format::Jpeg | Format::Gif => is_like && is_whole(format, bytes),
            Format::Png | Format::Webp => is_like && decoded().is_some(),
        })
    };
    caught(shown).is_ok_and(Option::unwrap_or_default)
}

/// The picture as it lies, encoded anew.
///
/// # Errors
/// Damaged, TooManyScans, Panicked or NotHeld.
pub(crate) fn anew(format: Format, bytes: &[u8]) -> Result<Vec<u8>, Error> {
    if format == Format::Gif {
        return Err(Error::Damaged("its frames can't be written".to_owned()));
    }
    caught(|| turned(format, bytes, Orientation::NoTransforms)).map_err(Error::Panicked)?
}
