//! See `labelmesh_fuzz::multipart`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| labelmesh_fuzz::multipart(data));
