//! See `labelmesh_fuzz::transcoding`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| labelmesh_fuzz::transcoding(data));
