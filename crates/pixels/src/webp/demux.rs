//! Whether libwebp takes the chunks of a file, by which browsers and Pillow read it.
#![expect(unsafe_code, reason = "libwebp is C, and its binding has no safe face")]

use std::ptr;

use libwebp_sys::{WEBP_DEMUX_ABI_VERSION, WebPData, WebPDemuxDelete, WebPDemuxInternal};

/// Whether all lengths in the file are right, and there is a picture, or frames that begin as such. No pixel is
/// decoded.
pub(crate) fn is_sound(bytes: &[u8]) -> bool {
    let data = WebPData { bytes: bytes.as_ptr(), size: bytes.len() };
    // SAFETY: the bytes are there for as long as it reads them, which it does up to the length that it is told. It
    // looks at neither a partial file nor a state, which have no place here.
    let demuxer = unsafe { WebPDemuxInternal(&raw const data, 0, ptr::null_mut(), WEBP_DEMUX_ABI_VERSION as _) };
    if demuxer.is_null() {
        return false;
    }
    // SAFETY: it made `demuxer`, and nobody else has it.
    unsafe { WebPDemuxDelete(demuxer) };
    true
}
