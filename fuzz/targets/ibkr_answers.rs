//! Feeds `contract_tests::arbitrary::ibkr_answers` with whatever libFuzzer makes up.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| contract_tests::arbitrary::ibkr_answers(input));
