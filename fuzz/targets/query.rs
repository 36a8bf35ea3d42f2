//! See `labelmesh_fuzz::query`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| labelmesh_fuzz::query(data));
