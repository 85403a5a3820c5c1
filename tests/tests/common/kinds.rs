//! The kinds of the runtime are those that the lint knows.

use std::collections::BTreeSet;

use broker_session_codegen::KINDS;
use broker_session_runtime::ErrorKind;

/// What no response of a broker can mean: the client finds it.
const OWN: [ErrorKind; 5] =
    [ErrorKind::Timeout, ErrorKind::Protocol, ErrorKind::HostNotAllowed, ErrorKind::Store, ErrorKind::Config];

#[test]
fn the_lint_knows_every_kind_that_a_response_may_mean() {
    let of_responses = ErrorKind::ALL.iter().filter(|kind| !OWN.contains(kind));
    assert_eq!(BTreeSet::from(KINDS), of_responses.map(|kind| kind.as_str()).collect());
}
