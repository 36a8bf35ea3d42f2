//! Pixels to WebP with loss, by libwebp.
#![expect(unsafe_code, reason = "libwebp is C, and its binding has no safe face")]

use std::{ffi::c_int, ptr, slice};

use image::DynamicImage;
use libwebp_sys::{WebPEncodeRGB, WebPEncodeRGBA, WebPFree};

use crate::Error;

/// The most that either side has (RFC 9649, 2.6).
const MAX_SIDE: u32 = 16_383;

/// Encodes RGB or RGBA of eight bits with a quality from 1 to 100.
///
/// # Errors
/// NotHeld.
pub(crate) fn encode(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, Error> {
    let (encode, channels): (Encode, u32) = match picture {
        DynamicImage::ImageRgb8(_) => (WebPEncodeRGB, 3),
        DynamicImage::ImageRgba8(_) => (WebPEncodeRGBA, 4),
        _ => return Err(Error::NotHeld("a WebP holds RGB of eight bits, with alpha or without")),
    };
    let (width, height) = (picture.width(), picture.height());
    if width.max(height) > MAX_SIDE {
        return Err(Error::NotHeld("a WebP is at most 16,383 pixels wide and high"));
    }
    let pixels = picture.as_bytes();
    assert_eq!(pixels.len() as u64, u64::from(width) * u64::from(height) * u64::from(channels), "all its pixels");
    let [width, height, stride] = [width, height, width * channels].map(|length| length as c_int);
    let mut file = ptr::null_mut();
    // SAFETY: as many rows of as many bytes are there as it is told; it reads them and keeps nothing.
    let length = unsafe { encode(pixels.as_ptr(), width, height, stride, quality.into(), &mut file) };
    if length == 0 || file.is_null() {
        return Err(Error::Panicked("libwebp could not encode the picture".to_owned()));
    }
    // SAFETY: it allocated `file` with that length, and nobody else has it.
    let bytes = unsafe { slice::from_raw_parts(file, length) }.to_vec();
    // SAFETY: this is how libwebp has it given back, once.
    unsafe { WebPFree(file.cast()) };
    Ok(bytes)
}

type Encode = unsafe extern "C" fn(*const u8, c_int, c_int, c_int, f32, *mut *mut u8) -> usize;
