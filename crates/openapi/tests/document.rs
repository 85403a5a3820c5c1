//! Loading: every kind of broken file gives a problem with its place, and none a panic, a hang or a stack
//! overflow.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use broker_session_openapi::{Document, Location, Problem, Problems};

const GOOD: &str = include_str!("../../codegen/tests/fixtures/good.yaml");

fn problems(text: &str) -> Problems {
    Document::parse("spec.yaml", text).err().unwrap_or_else(|| panic!("this was read: {text:.200}"))
}

fn first(text: &str) -> Problem {
    problems(text).iter().next().unwrap().clone()
}

fn place(problem: &Problem) -> (&'static str, usize, usize) {
    let location = problem.location.unwrap();
    (problem.rule, location.line, location.column)
}

/// A document with `schema` as its first component.
fn with_schema(schema: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths: {{}}\ncomponents: {{schemas: {{A: {schema}}}}}\n"
    )
}

#[test]
fn a_file_that_cannot_be_read_is_named_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let binary = folder.path().join("binary.yaml");
    fs::write(&binary, b"openapi: 3.0.3\n# \xFF\n").unwrap();
    for path in [Path::new("no/such/spec.yaml"), folder.path(), &binary] {
        let text = Document::load(path).unwrap_err().to_string();
        for part in ["unreadable-file", path.to_str().unwrap()] {
            assert!(text.contains(part), "{text}");
        }
    }
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    assert_eq!(first(&"# x\n".repeat(300_000)).rule, "too-large");
}

#[test]
fn line_endings_and_a_byte_order_mark_change_nothing() {
    let plain = Document::parse("spec.yaml", GOOD).unwrap();
    for text in [format!("\u{FEFF}{GOOD}"), GOOD.replace('\n', "\r\n"), GOOD.replace('\n', "\r")] {
        let document = Document::parse("spec.yaml", &text).unwrap();
        assert_eq!(document.text(), GOOD);
        assert_eq!(document.value(), plain.value());
        assert_eq!(document.locate("/paths/~1login"), plain.locate("/paths/~1login"));
    }
}

#[test]
fn values_and_keys_are_found_by_their_json_pointers() {
    let document = Document::parse("spec.yaml", GOOD).unwrap();
    let line = |location: Location| GOOD.split('\n').nth(location.line - 1).unwrap().trim();
    assert_eq!(document.locate("/info/title"), Some(Location { line: 3, column: 10, width: 7 }));
    let key = Location { line: 3, column: 3, width: 5 };
    assert_eq!(document.locate_nearest("/info/title"), key);
    assert_eq!(document.locate_nearest("/info/title/deeper/still"), key);
    // A status needs no quotes.
    assert_eq!(line(document.locate_nearest("/paths/~1session~1{userid}/get/responses/200")), "200:");
    let item = document.locate("/paths/~1session~1{userid}/get/parameters/0").unwrap();
    assert_eq!(line(item), "- name: sessionToken");
    assert_eq!(document.locate("/info/nothing"), None);
    assert_eq!(document.locate_nearest("nonsense").line, 1);
}

#[test]
fn the_order_of_the_text_is_kept() {
    let document = Document::parse("spec.yaml", GOOD).unwrap();
    let schemas = document.value().pointer("/components/schemas").unwrap().as_object().unwrap();
    assert_eq!(schemas.keys().take(3).collect::<Vec<_>>(), ["Secret", "LoginBody", "TokenForm"]);
}

#[test]
fn references_are_followed_to_their_end() {
    let text = with_schema(
        "{$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/C'}, C: {type: string}",
    );
    let document = Document::parse("spec.yaml", &text).unwrap();
    let (pointer, value) = document.resolve("#/components/schemas/A").unwrap();
    assert_eq!(pointer, "/components/schemas/C");
    assert_eq!(value.get("type").unwrap(), "string");
    assert_eq!(document.resolve("/components/schemas/B").unwrap().0, "/components/schemas/C");
    for nothing in ["#/components/schemas/X", "other.yaml#/A", "http://example.com", "#nonsense", "#/a/b/"] {
        assert!(document.resolve(nothing).is_none(), "{nothing}");
    }
    let circle = with_schema("{$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/A'}");
    assert!(Document::parse("spec.yaml", &circle).unwrap().resolve("#/components/schemas/A").is_none());
}

#[test]
fn a_problem_shows_its_line_like_a_compiler() {
    // Columns count characters.
    let text = first("openapi: 3.0.3\ninfo: {title: \"Ωμέγα é\", version: 1}\npaths: {}\n").to_string();
    let expected = "\
error[wrong-shape]: Expected a string, found 1.
 --> spec.yaml:2:26
  |
2 | info: {title: \"Ωμέγα é\", version: 1}
  |                          ^^^^^^^
  |
  = note: The OpenAPI 3.0.3 specification requires it.
  = help: Put the value in quotes.";
    assert_eq!(text, expected);
}

#[test]
fn several_problems_are_reported_at_once() {
    let text = "openapi: 3.0.3\ninfo: {title: 1, version: 1}\npaths: []\n";
    assert_eq!(problems(text).iter().map(|problem| place(problem).1).collect::<Vec<_>>(), [2, 2, 3]);
}

#[test]
fn each_oddity_is_refused_at_its_place() {
    let nine = "[*a,*a,*a,*a,*a,*a,*a,*a,*a]";
    for (text, rule, line, column) in [
        ("", "openapi-version", 1, 1),
        ("# nothing\n", "openapi-version", 2, 1),
        ("a: 1\n---\nb: 2\n", "yaml", 2, 1),
        ("a: &a [x]\nb: &b [*a]\n", "yaml", 1, 7),
        (&format!("a: &a [lol]\nb: &b {nine}\nc: &c {nine}\n"), "yaml", 1, 7),
        ("a: &a {b: *a}\n", "yaml", 1, 7),
        ("a: !x {b: 1}\n", "yaml", 1, 7),
        ("a: 1\nb: 2\na: 3\n", "duplicate-key", 3, 1),
        ("x:\n  200: 1\n  '200': 2\n", "yaml", 2, 3),
        ("? [a, b]\n: 1\n", "yaml", 1, 3),
        ("{a: b}: 1\n", "yaml", 1, 1),
        ("~: 1\n", "yaml", 1, 1),
        ("a: .inf\n", "yaml", 1, 4),
        ("a: .nan\n", "yaml", 1, 4),
        ("a: 1e999\n", "yaml", 1, 4),
        ("a: [1, 2\n", "yaml", 1, 4),
        ("a: b: c\n", "yaml", 1, 5),
        ("a: 'b\n", "yaml", 1, 4),
        ("a:\n\tb: 1\n", "yaml", 2, 2),
        ("a: *nobody\n", "yaml", 1, 4),
        ("a: \u{0}\n", "control-character", 1, 4),
        ("a: 1\nb: \u{7F}\n", "control-character", 2, 4),
        ("just text\n", "openapi-version", 1, 1),
        ("- a\n- b\n", "openapi-version", 1, 1),
        ("swagger: '2.0'\n", "openapi-version", 1, 1),
        ("openapi: 3.1.0\n", "openapi-version", 1, 1),
        ("openapi: 3\n", "openapi-version", 1, 1),
        ("openapi: 3.0.3\n", "wrong-shape", 1, 1),
    ] {
        let problem = first(text);
        assert_eq!(place(&problem), (rule, line, column), "{text:.100}\n{problem}");
    }
    // YAML 1.1 would read a truth value and a time here.
    let document =
        Document::parse("spec.yaml", &with_schema("{x-a: no, x-b: 2024-01-01, x-c: 1:30}")).unwrap();
    let schema = document.value().pointer("/components/schemas/A").unwrap();
    assert!(schema.as_object().unwrap().values().all(|value| value.is_string()), "{schema}");
}

#[test]
fn a_mistake_in_the_deepest_document_is_placed() {
    let depth = 27;
    let text = with_schema(&format!("{}{{maxLength: wrong}}{}", "{not: ".repeat(depth), "}".repeat(depth)));
    let problem = first(&text);
    assert_eq!((problem.rule, problem.location.unwrap().line), ("wrong-shape", 4));
    assert!(problem.what.contains("whole number"), "{problem}");
}

#[test]
fn large_nonsense_is_refused_quickly() {
    let size = 250_000;
    for text in [
        "[".repeat(size),
        "{".repeat(size),
        "- ".repeat(size),
        "? ".repeat(size),
        "a: ".repeat(size),
        "&a ".repeat(size),
        "!!str ".repeat(size),
        "'".repeat(size),
        "\"".repeat(size),
        "---\n".repeat(size),
        "a\n".repeat(size),
        " ".repeat(size),
        "\n".repeat(size),
        "%YAML 1.2\n".repeat(size / 10),
        format!("a: |\n{}", " \n".repeat(size)),
        format!("a: \"{}", "\\x41".repeat(size / 4)),
        (0..20_000).map(|number| format!("key{number}: [1, 2]\n")).collect(),
        format!(
            "openapi: 3.0.3\npaths: {{{}}}",
            (0..20_000).map(|number| format!("/{number}: 1, ")).collect::<String>()
        ),
    ] {
        let start = Instant::now();
        let _ = problems(&text).to_string();
        assert!(start.elapsed() < Duration::from_secs(20), "{:?} for {text:.40}", start.elapsed());
    }
}

/// Strings that look like YAML from far away.
#[test]
fn no_soup_of_yaml_makes_loading_panic() {
    let tokens: Vec<&str> = "a|: |- |\n|  |{|}|[|]|,|'|\"|>|&x |*x|!t |? |#|%|@|`|---\n|...\n|\t|é|\u{2028}|\\|~|200|<<|>-\n|\u{85}|-|:|!<|!!|%TAG ! x\n"
        .split('|')
        .chain(["|", "|2\n"])
        .collect();
    // A fixed seed: what fails today fails tomorrow.
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for _ in 0..3000 {
        let length = random(40);
        let text: String = (0..length).map(|_| tokens[random(tokens.len())]).collect();
        assert!(!problems(&text).to_string().is_empty(), "{text:?}");
    }
}
