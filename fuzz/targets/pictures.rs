//! See `labelmesh_fuzz::pictures`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| labelmesh_fuzz::pictures(data));
