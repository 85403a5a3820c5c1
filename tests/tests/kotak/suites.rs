//! What every broker's suite tries: the generated client against its spec, the ergonomic crate against every documented
//! answer, and every call in a hostile network.

use contract_tests::{brokers::kotak::Kotak, ergonomic_suite, generated_suite, hostile_suite, sandbox_suite};

generated_suite!(Kotak { answers: 150, requests: 15, bodies: 50, schemas: 46, mutations: 2000, table: 100 });
ergonomic_suite!(Kotak { answers: 300 });
sandbox_suite!(Kotak, broker_session_sandbox::kotak::Sandbox::builder(), { answers: 150 });
hostile_suite!(Kotak);
