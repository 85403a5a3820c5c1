//! What every broker's suite tries: the generated client against its spec, the ergonomic crate against every documented
//! answer, and every call in a hostile network.

use contract_tests::{brokers::ibkr::Ibkr, ergonomic_suite, generated_suite, hostile_suite, sandbox_suite};

use crate::support::closed;

generated_suite!(Ibkr { answers: 80, requests: 8, bodies: 10, schemas: 12, mutations: 800, table: 100 });
ergonomic_suite!(Ibkr { answers: 180 });
sandbox_suite!(Ibkr, closed().pacing(false), { answers: 80 });
hostile_suite!(Ibkr);
