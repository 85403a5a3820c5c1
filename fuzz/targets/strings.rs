//! Feeds `contract_tests::arbitrary::strings` with the inputs of libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| contract_tests::arbitrary::strings(input));
