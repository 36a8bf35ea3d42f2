//! Pictures turned as they are meant to be seen (Exif 2.32, tag 0112H), otherwise as they are.

use image::metadata::Orientation;

use crate::{
    Encoding, Error, Format, encode,
    picture::{Header, Stored},
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
    match format {
        Format::Jpeg => encode::encode(picture, Encoding::Jpeg { quality: QUALITY }, header.profile),
        Format::Webp => encode::lossless_webp(picture, header.profile),
        Format::Png | Format::Gif => encode::encode(picture, Encoding::Png, header.profile),
    }
}
