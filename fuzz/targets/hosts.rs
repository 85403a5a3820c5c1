//! Feeds `contract_tests::arbitrary::hosts` with whatever libFuzzer makes up.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| contract_tests::arbitrary::hosts(input));
