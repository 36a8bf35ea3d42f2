//! See `labelmesh_fuzz::events`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| labelmesh_fuzz::events(data));
