//! JPEG: whether its pixels are all there.
//!
//! Decoders of JPEG fill in grey what is missing, so that half a picture passes for a whole one, and none tells. But
//! where pixels are missing, whatever stands behind the last scan is read as if it were theirs: two different fillings
//! make two different pictures.

use zune_core::{bytestream::ZCursor, colorspace::ColorSpace, options::DecoderOptions};
use zune_jpeg::{JpegDecoder, errors::DecodeErrors};

use super::{MAX_SIDE, Refusal};

/// The marker that ends a picture (ITU T.81, B.1.1.3).
const END: [u8; 2] = [0xFF, 0xD9];
/// Bytes that read as different pixels, and as no marker.
const FILLINGS: [[u8; 64]; 2] = [[0x00; 64], [0x55; 64]];
/// Of pictures with more pixels only the brightness is looked at, which spares converting and scaling up the colors.
/// Nearly always it stands in the same scan as they do.
const SMALL: u64 = 1_000_000;

/// Decodes a picture of so many pixels.
///
/// # Errors
/// Damaged.
pub(super) fn decode(bytes: &[u8], pixels: u64) -> Result<(), Refusal> {
    let scans = &bytes[..end(bytes).unwrap_or(bytes.len())];
    let [one, other] = FILLINGS.map(|filling| read(&[scans, &filling, &END].concat(), pixels > SMALL));
    let damaged = |error: DecodeErrors| Refusal::Damaged(error.to_string());
    if one.map_err(damaged)? == other.map_err(damaged)? {
        Ok(())
    } else {
        Err(Refusal::Damaged("pixels are missing".to_owned()))
    }
}

fn read(bytes: &[u8], only_brightness: bool) -> Result<Vec<u8>, DecodeErrors> {
    let side = MAX_SIDE as usize;
    let options = DecoderOptions::default().set_strict_mode(false).set_max_width(side).set_max_height(side);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers()?;
    if only_brightness && decoder.input_colorspace() == Some(ColorSpace::YCbCr) {
        decoder.set_options(options.jpeg_set_out_colorspace(ColorSpace::Luma));
    }
    decoder.decode()
}

/// Where the end marker stands. Segments begin with SOI (ITU T.81, annex B); within a scan, markers are the bytes FF
/// that neither 00 nor a restart marker follows.
fn end(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    loop {
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xFF)?;
        let from = at;
        at += bytes.get(at..)?.iter().position(|&byte| byte != 0xFF)?;
        let marker = bytes[at];
        at += 1;
        match marker {
            0xD9 => return Some(from),
            0x00 | 0x01 | 0xD0..=0xD8 => {}
            _ => {
                let length = bytes.get(at..at + 2)?;
                at += usize::from(u16::from_be_bytes([length[0], length[1]])).max(2);
            }
        }
    }
}
