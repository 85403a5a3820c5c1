//! Feeds `contract_tests::arbitrary::config_file` with whatever libFuzzer makes up.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| contract_tests::arbitrary::config_file(input));
