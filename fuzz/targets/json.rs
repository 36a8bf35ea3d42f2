//! See `labelmesh_fuzz::json`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| labelmesh_fuzz::json(data));
