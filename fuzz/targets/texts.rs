//! Feeds `contract_tests::arbitrary::texts` with whatever libFuzzer makes up.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| contract_tests::arbitrary::texts(input));
