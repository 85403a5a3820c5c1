//! Feeds `contract_tests::arbitrary::session_store` with the inputs of libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| contract_tests::arbitrary::session_store(input));
