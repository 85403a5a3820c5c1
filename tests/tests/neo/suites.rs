//! What every broker's suite tries: the generated client against its spec, the ergonomic crate against every documented
//! answer, and every call in a hostile network.

use contract_tests::{brokers::neo::Neo, ergonomic_suite, generated_suite, hostile_suite, sandbox_suite};

generated_suite!(Neo { answers: 30, requests: 4, bodies: 15, schemas: 18, mutations: 800, table: 50 });
ergonomic_suite!(Neo { answers: 120 });
sandbox_suite!(Neo, broker_session_sandbox::neo::Sandbox::builder(), { answers: 30 });
hostile_suite!(Neo);
