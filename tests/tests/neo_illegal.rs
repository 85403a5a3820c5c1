//! What the types of `broker_session::neo` do not allow: wrong orders, and what would leak a secret.

#[test]
fn illegal_orders_do_not_compile() {
    let tests = trybuild::TestCases::new();
    tests.compile_fail("tests/neo_illegal/*.rs");
}
