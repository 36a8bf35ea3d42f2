//! A JPEG's coefficients written anew, by libjpeg: the same pixels, and room for nothing else.
#![expect(unsafe_code, reason = "mozjpeg, the safe face of libjpeg, does not know coefficients")]

use std::{
    ffi::c_void,
    mem::{size_of, zeroed},
    ptr, slice,
};

use mozjpeg_sys::{
    JCP_FASTEST, JINT_COMPRESS_PROFILE, JPEG_LIB_VERSION, boolean, jpeg_CreateCompress, jpeg_CreateDecompress,
    jpeg_c_set_int_param, jpeg_compress_struct, jpeg_copy_critical_parameters, jpeg_decompress_struct,
    jpeg_destroy_compress, jpeg_destroy_decompress, jpeg_error_mgr, jpeg_finish_compress, jpeg_mem_dest, jpeg_mem_src,
    jpeg_read_coefficients, jpeg_read_header, jpeg_simple_progression, jpeg_write_coefficients,
};

use super::errors;
use crate::{Error, caught::caught};

/// Writes the picture anew with the tables that it uses, and without any application's segment.
///
/// # Errors
/// Damaged.
pub(super) fn rewritten(bytes: &[u8], is_progressive: bool) -> Result<Vec<u8>, Error> {
    // Where it lies may not change: libjpeg keeps a pointer to it.
    let mut errors = errors::strict();
    caught(|| write(bytes, is_progressive, &mut errors)).map_err(Error::Damaged)
}

/// libjpeg's structs, which are given back whatever happens.
struct Reader(jpeg_decompress_struct);
struct Writer {
    compress: jpeg_compress_struct,
    file: *mut u8,
    length: std::ffi::c_ulong,
}

impl Drop for Reader {
    fn drop(&mut self) {
        // SAFETY: it was created, and is not used after this. What was never created is zero, which is passed over.
        unsafe { jpeg_destroy_decompress(&mut self.0) };
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // SAFETY: as above; the file was allocated by `malloc` in libjpeg, or is null.
        unsafe {
            jpeg_destroy_compress(&mut self.compress);
            free(self.file.cast());
        }
    }
}

unsafe extern "C" {
    fn free(memory: *mut c_void);
}

fn write(bytes: &[u8], is_progressive: bool, errors: &mut jpeg_error_mgr) -> Vec<u8> {
    let errors = ptr::from_mut(errors);
    // SAFETY: the structs are of C, have only integers, nullable functions and pointers, and libjpeg fills them in;
    // they stay where they are while it knows them, for each is in a box. The bytes and the error functions outlive
    // both. The coefficients belong to the reader, which lives until the writer has finished.
    unsafe {
        let mut reader = Box::new(Reader(zeroed()));
        let source = &mut reader.0;
        source.common.err = errors;
        jpeg_CreateDecompress(source, JPEG_LIB_VERSION, size_of::<jpeg_decompress_struct>());
        jpeg_mem_src(source, bytes.as_ptr(), bytes.len() as std::ffi::c_ulong);
        jpeg_read_header(source, boolean::from(true));
        let coefficients = jpeg_read_coefficients(source);

        let mut writer = Box::new(Writer { compress: zeroed(), file: ptr::null_mut(), length: 0 });
        let Writer { compress, file, length } = &mut *writer;
        compress.common.err = errors;
        jpeg_CreateCompress(compress, JPEG_LIB_VERSION, size_of::<jpeg_compress_struct>());
        jpeg_mem_dest(compress, file, length);
        jpeg_c_set_int_param(compress, JINT_COMPRESS_PROFILE, JCP_FASTEST as i32);
        jpeg_copy_critical_parameters(source, compress);
        compress.optimize_coding = boolean::from(true);
        compress.write_JFIF_header = boolean::from(false);
        compress.write_Adobe_marker = boolean::from(false);
        if is_progressive {
            jpeg_simple_progression(compress);
        }
        jpeg_write_coefficients(compress, coefficients);
        jpeg_finish_compress(compress);
        slice::from_raw_parts(writer.file, writer.length as usize).to_vec()
    }
}
