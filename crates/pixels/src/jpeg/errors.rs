//! What libjpeg complains of, and what it tells of a file as it reads on.
//!
//! A fatal error unwinds through it, and so does the first scan that is one too many. Of its warnings one counts: that
//! the data of a scan end before its pixels do. It fills the rest in grey, so that half a picture would pass for a
//! whole one. Where they go on after the next restart marker (ITU T.81, B.2.1), no more than what is between two of
//! them is spoilt, and viewers show it.
#![expect(unsafe_code, reason = "libjpeg's table of error functions is filled in by libjpeg itself")]

use std::{
    cell::Cell,
    ffi::{CStr, c_int},
    mem::{transmute, zeroed},
    panic::resume_unwind,
};

use mozjpeg_sys::{JTRC_RST, JTRC_SOS, JWRN_HIT_MARKER, jpeg_common_struct, jpeg_error_mgr, jpeg_std_error};

use crate::limits::MAX_SCANS;

thread_local! {
    /// Whether what this thread decodes lacks pixels, as far as it was read: libjpeg's functions have nowhere else to
    /// say so that its wrapper lets one see.
    static LACKS_PIXELS: Cell<bool> = const { Cell::new(false) };
    /// How often it wanted more data than there were before a marker.
    static WANTS: Cell<u32> = const { Cell::new(0) };
    /// How many scans of it have begun.
    static SCANS: Cell<u32> = const { Cell::new(0) };
}

/// Whether pixels are missing in what was decoded with [`strict`] last, on this thread.
pub(super) fn lacks_pixels() -> bool {
    LACKS_PIXELS.get()
}

/// How many pieces of data, each up to the next marker, were too short for what was decoded with [`strict`] last, on
/// this thread.
pub(super) fn short_pieces() -> u32 {
    WANTS.get()
}

/// Whether what was decoded with [`strict`] last, on this thread, was given up because it has too many scans.
pub(super) fn has_too_many_scans() -> bool {
    SCANS.get() > MAX_SCANS
}

/// Error functions with which a fatal error unwinds with a text, missing pixels are noted, and scans counted.
pub(super) fn strict() -> jpeg_error_mgr {
    LACKS_PIXELS.set(false);
    WANTS.set(0);
    SCANS.set(0);
    // SAFETY: the struct is of C, has only integers, nullable functions and pointers, and libjpeg fills it in.
    let mut errors: jpeg_error_mgr = unsafe { zeroed() };
    // SAFETY: it writes to the struct it is given and keeps nothing.
    unsafe { jpeg_std_error(&mut errors) };
    errors.error_exit = Some(fatal);
    errors.emit_message = Some(warn);
    errors
}

extern "C-unwind" fn fatal(decoder: &mut jpeg_common_struct) {
    // Not a panic: nobody is told but who catches it.
    resume_unwind(Box::new(text(decoder)));
}

extern "C-unwind" fn warn(decoder: &mut jpeg_common_struct, level: c_int) {
    // SAFETY: libjpeg calls this with its own struct, whose error functions are there while it lives.
    let code = unsafe { decoder.err.as_ref() }.map_or(0, |errors| errors.msg_code);
    if level < 0 && code == JWRN_HIT_MARKER as c_int {
        LACKS_PIXELS.set(true);
        WANTS.set(WANTS.get() + 1);
    } else if level > 0 && code == JTRC_RST as c_int {
        LACKS_PIXELS.set(false);
    } else if level > 0 && code == JTRC_SOS as c_int {
        SCANS.set(SCANS.get() + 1);
        if has_too_many_scans() {
            resume_unwind(Box::new("too many scans"));
        }
    }
}

/// What libjpeg has to say of the error.
fn text(decoder: &mut jpeg_common_struct) -> String {
    type Declared = unsafe extern "C-unwind" fn(&mut jpeg_common_struct, &[u8; 80]);
    type Meant = unsafe extern "C-unwind" fn(&mut jpeg_common_struct, &mut [u8; 80]);
    let mut buffer = [0; 80];
    // SAFETY: as above; the function writes a text that ends with zero to a buffer of 80 bytes, which its declaration
    // forgets to call changeable.
    unsafe {
        if let Some(format) = decoder.err.as_ref().and_then(|errors| errors.format_message) {
            transmute::<Declared, Meant>(format)(decoder, &mut buffer);
        }
    }
    CStr::from_bytes_until_nul(&buffer).map_or_else(|_| String::new(), |text| text.to_string_lossy().into_owned())
}
