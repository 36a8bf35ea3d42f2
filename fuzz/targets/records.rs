//! See `labelmesh_fuzz::records`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| labelmesh_fuzz::records(data));
