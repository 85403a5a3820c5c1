//! What is refused, and that nothing is written then.

use std::fs;

use crate::copy::{Copy, told};

#[test]
fn a_name_that_is_none_is_wrong_usage() {
    let copy = Copy::temporary();
    let before = copy.snapshot();
    for (name, why) in
        [("Acme", "kebab-case"), ("../acme", "kebab-case"), ("fn", "keyword"), ("gen", "keyword")]
    {
        let (status, said) = told(&copy.xtask(["new-broker", name]));
        assert_eq!(status, Some(2), "{name}: {said}");
        assert!(said.contains(why), "{name}: {said}");
    }
    let (status, said) = told(&copy.xtask(["new-broker", "acme", "--base-url", "http://acme.example"]));
    assert_eq!(status, Some(2), "{said}");
    assert_eq!(copy.snapshot(), before);
}

#[test]
fn a_name_that_is_taken_is_refused_and_what_takes_it_is_named() {
    let copy = Copy::temporary();
    let before = copy.snapshot();
    let taken = [
        // A broker, its spec, a module of the sandbox, tests, a module of the library, crates, a type.
        ("neo", "crates/cli/src/brokers"),
        ("kotak-neo", "openapi/kotak-neo-session.yaml"),
        ("clock", "crates/sandbox/src/clock.rs"),
        ("dependencies", "tests/tests/dependencies.rs"),
        ("retry", "tests/tests/retry"),
        ("connection", "crates/broker-session/src/connection.rs"),
        ("serde-json", "a crate"),
        ("std", "a crate"),
        ("account", "`Account`"),
    ];
    for (name, by) in taken {
        let (status, said) = told(&copy.xtask(["new-broker", name]));
        assert_eq!(status, Some(1), "{name}: {said}");
        assert!(said.contains(by) && said.contains("another name"), "{name}: {said}");
    }
    assert_eq!(copy.snapshot(), before);
}

#[test]
fn a_broker_is_not_written_over_by_another_of_its_name() {
    let copy = Copy::temporary();
    assert_eq!(told(&copy.xtask(["new-broker", "acme"])).0, Some(0));
    let before = copy.snapshot();
    let (status, said) = told(&copy.xtask(["new-broker", "acme"]));
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("is there already"), "{said}");
    assert_eq!(copy.snapshot(), before);
}

#[test]
fn what_cannot_be_finished_is_taken_back() {
    // The first fails while files are written, the second when all are there and Cargo is to lock them.
    let folder_is_a_file = |copy: &Copy| {
        let folder = copy.root.join("tests/src/brokers");
        fs::remove_dir_all(&folder).unwrap();
        fs::write(&folder, "a file").unwrap();
    };
    let manifest_is_broken =
        |copy: &Copy| fs::write(copy.root.join("fuzz/Cargo.toml"), "[workspace").unwrap();
    for spoil in [&folder_is_a_file as &dyn Fn(&Copy), &manifest_is_broken] {
        let copy = Copy::temporary();
        spoil(&copy);
        let before = copy.snapshot();
        let (status, said) = told(&copy.xtask(["new-broker", "acme"]));
        assert_eq!(status, Some(1), "{said}");
        assert!(said.contains("nothing was changed"), "{said}");
        assert!(copy.snapshot() == before, "something was left: {said}");
    }
}
