//! What the types of `broker_session::kotak` do not allow: wrong orders, and what would leak a secret.

#[test]
fn illegal_orders_do_not_compile() {
    let tests = trybuild::TestCases::new();
    tests.compile_fail("tests/kotak_illegal/*.rs");
}
