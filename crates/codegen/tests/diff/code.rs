//! The generated code as a second opinion: it never finds more than the changes of the spec say, and where it does,
//! that is told.

use broker_session_codegen::{
    diff::{self, Class, Judgement, code},
    generate,
};

use crate::{
    support::{document, shown, text, worst},
    table::{GOOD, edits},
};

#[test]
fn no_edit_of_the_table_is_worse_in_the_generated_code() {
    let base = document(GOOD, &text(GOOD));
    let old = generate(&base).unwrap();
    let (mut compared, mut failures) = (0, String::new());
    for (_, from, to, ..) in edits().filter(|edit| edit.0 == GOOD) {
        let now = document(GOOD, &text(GOOD).replacen(from, to, 1));
        // What the linter refuses has no code.
        let Ok(new) = generate(&now) else { continue };
        compared += 1;
        let changes = diff::compare(&base, &now);
        let code = code::compare(&old, &new).unwrap();
        if let Some(objection) = diff::objection(&changes, &code) {
            failures += &format!("`{from}` → `{to}`: {objection:?}\n{}{:?}\n\n", shown(&changes), code.api);
        }
        let words = worst(&changes).1 <= Class::Documentation;
        if words && !(code.api.is_empty() && code.tokens.is_empty()) {
            failures += &format!("`{from}` → `{to}`: words only, but {:?} {:?}\n", code.api, code.tokens);
        }
    }
    assert!(compared > 40, "only {compared} edits could be generated");
    assert!(failures.is_empty(), "{failures}");
}

fn api(old: &str, new: &str) -> Vec<(Class, String)> {
    let code = code::compare(old, new).unwrap();
    code.api.into_iter().map(|change| (change.class, change.item)).collect()
}

#[test]
fn what_users_of_the_code_depend_on_is_seen() {
    let breaking = |item: &str| vec![(Class::Breaking, item.to_owned())];
    let additive = |item: &str| vec![(Class::Additive, item.to_owned())];
    for (old, new, expected) in [
        ("pub struct A { pub a: u8 }", "pub struct A { pub a: u16 }", breaking("A.a")),
        (
            "pub struct A { pub a: u8 }",
            "pub struct A { a: u8 }",
            vec![(Class::Breaking, "A.a".into()), (Class::Additive, "A: private fields".into())],
        ),
        ("pub struct A;", "struct A;", breaking("A")),
        (
            "pub struct A(pub u8);",
            "pub struct A { pub x: u8 }",
            vec![
                (Class::Breaking, "A".into()),
                (Class::Breaking, "A.0".into()),
                (Class::Additive, "A.x".into()),
            ],
        ),
        (
            "#[derive(Clone, Debug)] pub struct A;",
            "#[derive(Debug)] pub struct A;",
            breaking("impl Clone for A"),
        ),
        (
            "#[derive(Debug)] pub struct A;",
            "#[derive(Clone, Debug)] pub struct A;",
            additive("impl Clone for A"),
        ),
        ("pub enum A { B }", "pub enum A { B, C }", breaking("A::C")),
        ("pub enum A { B, C }", "pub enum A { B }", breaking("A::C")),
        ("pub enum A { B(u8) }", "pub enum A { B(u16) }", breaking("A::B")),
        ("impl A { pub fn f(&self, a: u8) {} }", "impl A { pub fn f(&self, a: u16) {} }", breaking("A::f")),
        (
            "impl A { pub fn f(&self, a: u8, b: u8) {} }",
            "impl A { pub fn f(&self, b: u8, a: u8) {} }",
            breaking("A::f"),
        ),
        (
            "impl A { pub fn f(&self) -> u8 { 1 } }",
            "impl A { pub fn f(&self) -> u16 { 1 } }",
            breaking("A::f"),
        ),
        ("impl A { pub fn f(&self) {} }", "impl A { fn f(&self) {} }", breaking("A::f")),
        ("impl From<u8> for A { }", "", breaking("impl From<u8> for A")),
        ("pub mod m { pub struct A; }", "mod m { pub struct A; }", breaking("m::A")),
        ("pub trait T { fn f(); }", "pub trait T { fn f(); fn g(); }", additive("T::g")),
        ("pub static A: u8 = 1;", "pub static A: u16 = 1;", breaking("A")),
        (
            "pub use a::B;",
            "pub use a::C;",
            vec![(Class::Breaking, "use a::B".into()), (Class::Additive, "use a::C".into())],
        ),
        ("/// A.\npub struct A;", "/// B.\npub struct A;", vec![]),
        ("pub fn f() { 1 }", "pub fn f() { 2 }", vec![]),
        // What is sent is built from its fields; what only comes back is not.
        (
            "impl C { pub fn f(&self, body: &types::A) {} } pub mod types { pub struct A { pub b: ::std::option::Option<B> } pub struct B {} }",
            "impl C { pub fn f(&self, body: &types::A) {} } pub mod types { pub struct A { pub b: ::std::option::Option<B> } pub struct B { pub c: u8 } }",
            breaking("types::B.c"),
        ),
        (
            "impl C { pub fn f(&self) -> types::B {} } pub mod types { pub struct B {} }",
            "impl C { pub fn f(&self) -> types::B {} } pub mod types { pub struct B { pub c: u8 } }",
            additive("types::B.c"),
        ),
    ] {
        assert_eq!(api(old, new), expected, "{old} → {new}");
    }
}

#[test]
fn a_verdict_is_never_milder_than_the_code() {
    let objection = |old: &str, new: &str| diff::objection(&[], &code::compare(old, new).unwrap());
    let class = |judgement: Option<Judgement>| judgement.map(|judgement| judgement.class);
    assert_eq!(class(objection("pub struct A;", "")), Some(Class::Breaking));
    assert_eq!(class(objection("", "pub struct A;")), Some(Class::Additive));
    // The same API that does something else, without a change of the spec that says so.
    assert_eq!(class(objection("pub fn f() { 1 }", "pub fn f() { 2 }")), Some(Class::Breaking));
    assert_eq!(objection("/// A.\npub fn f() { 1 }", "/// B.\npub fn f() { 1 }"), None);
    assert_eq!(objection("pub fn f() {} pub fn g() {}", "pub fn g() {} pub fn f() {}"), None);
}
