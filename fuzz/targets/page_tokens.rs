//! See `labelmesh_fuzz::page_tokens`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| labelmesh_fuzz::page_tokens(data));
