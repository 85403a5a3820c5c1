//! Loading: every kind of broken file gives a problem with its place, and none a panic, a hang or a stack
//! overflow.
#![cfg(feature = "generate")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

use std::{
    fs,
    path::Path,
    time::{Duration, Instant},
};

use broker_session_codegen::{Document, Location, Problem, Problems, lint, spec_hash};

const GOOD: &str = include_str!("fixtures/good.yaml");

fn problems(text: &str) -> Problems {
    Document::parse("spec.yaml", text).err().unwrap_or_else(|| panic!("this was read: {text:.200}"))
}

fn problem(text: &str) -> Problem {
    let mut problems = problems(text).into_iter();
    let first = problems.next().unwrap();
    assert_eq!(problems.next(), None);
    first
}

fn place(problem: &Problem) -> (&'static str, usize, usize) {
    let location = problem.location.unwrap();
    (problem.rule, location.line, location.column)
}

/// A document with `schema` as its only component, which nothing is wrong with otherwise.
fn with_schema(schema: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths: {{}}\ncomponents: {{schemas: {{A: {schema}}}}}\n"
    )
}

#[test]
fn a_file_that_is_not_there_is_named_with_the_reason() {
    let problems = Document::load(Path::new("no/such/spec.yaml")).unwrap_err();
    let text = problems.to_string();
    for part in ["unreadable-file", "no/such/spec.yaml", "looked up in"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_folder_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let problems = Document::load(folder.path()).unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.rule).collect::<Vec<_>>(), ["unreadable-file"]);
}

#[test]
fn bytes_that_are_not_utf_8_are_placed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spec.yaml");
    fs::write(&path, b"openapi: 3.0.3\n# \xC3\xA9\xC3\xA9 \xFF\n").unwrap();
    let problems = Document::load(&path).unwrap_err();
    let problem = problems.iter().next().unwrap();
    assert_eq!(place(problem), ("not-utf8", 2, 6));
    assert!(problem.what.contains("0xFF"), "{problem}");
}

#[test]
fn utf_16_is_recognised() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spec.yaml");
    fs::write(&path, b"\xFF\xFEo\0p\0").unwrap();
    assert!(Document::load(&path).unwrap_err().to_string().contains("UTF-16"));
}

#[test]
fn a_file_is_named_as_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spec.yaml");
    fs::write(&path, GOOD).unwrap();
    assert_eq!(Document::load(&path).unwrap().name(), path.to_str().unwrap());
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    assert_eq!(problem(&"# x\n".repeat(300_000)).rule, "too-large");
}

#[test]
fn line_endings_and_a_byte_order_mark_change_nothing() {
    let plain = Document::parse("spec.yaml", GOOD).unwrap();
    for text in [format!("\u{FEFF}{GOOD}"), GOOD.replace('\n', "\r\n"), GOOD.replace('\n', "\r")] {
        let document = Document::parse("spec.yaml", &text).unwrap();
        assert_eq!(document.text(), GOOD);
        assert_eq!(document.value(), plain.value());
        assert_eq!(document.hash(), spec_hash(GOOD.as_bytes()));
        assert_eq!(document.locate("/paths/~1login"), plain.locate("/paths/~1login"));
    }
}

#[test]
fn values_and_keys_are_found_by_their_json_pointers() {
    let document = Document::parse("spec.yaml", GOOD).unwrap();
    let line = |number: usize| GOOD.split('\n').nth(number - 1).unwrap();
    let title = document.locate("/info/title").unwrap();
    assert_eq!(title, Location { line: 3, column: 10, width: 7 });
    assert_eq!(document.locate_key("/info/title"), Some(Location { line: 3, column: 3, width: 5 }));
    let status = document.locate_key("/paths/~1session~1{userid}/get/responses/200").unwrap();
    assert_eq!(line(status.line).trim(), "200:");
    let item = document.locate("/paths/~1session~1{userid}/get/parameters/0").unwrap();
    assert!(line(item.line).contains("- name: sessionToken"));
    assert_eq!(document.locate_key("/paths/~1session~1{userid}/get/parameters/0"), None);
    assert_eq!(document.locate("/info/nothing"), None);
    assert_eq!(
        document.locate_nearest("/info/title/deeper/still"),
        Some(Location { line: 3, column: 3, width: 5 })
    );
    assert_eq!(document.locate_nearest("nonsense").unwrap().line, 1);
}

#[test]
fn columns_count_characters() {
    let problem = problem("openapi: 3.0.3\ninfo: {title: \"Ωμέγα é\", version: 1}\npaths: {}\n");
    assert_eq!(place(&problem), ("wrong-shape", 2, 26));
    assert!(problem.to_string().contains("spec.yaml:2:26"), "{problem}");
}

#[test]
fn statuses_need_no_quotes() {
    let document = Document::parse("spec.yaml", GOOD).unwrap();
    assert!(document.value().pointer("/paths/~1session~1{userid}/get/responses/200").is_some());
}

#[test]
fn the_order_of_the_text_is_kept() {
    let document = Document::parse("spec.yaml", GOOD).unwrap();
    let schemas = document.value().pointer("/components/schemas").unwrap().as_object().unwrap();
    let names: Vec<_> = schemas.keys().map(String::as_str).collect();
    assert_eq!(names[..3], ["Secret", "LoginBody", "TokenForm"]);
    let typed: Vec<_> = document.openapi().components.as_ref().unwrap().schemas.keys().cloned().collect();
    assert_eq!(typed, names);
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
}

#[test]
fn a_circle_of_references_resolves_to_nothing() {
    let text = with_schema("{$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/A'}");
    assert!(Document::parse("spec.yaml", &text).unwrap().resolve("#/components/schemas/A").is_none());
}

#[test]
fn a_problem_shows_its_line_like_a_compiler() {
    let text = problem("openapi: 3.0.3\ninfo: {title: T, version: 1}\npaths: {}\n").to_string();
    let expected = "\
error[wrong-shape]: Expected a text, found the number 1.
 --> spec.yaml:2:18
  |
2 | info: {title: T, version: 1}
  |                  ^^^^^^^
  |
  = note: The OpenAPI 3.0.3 specification says so; the generator could not read it otherwise.
  = help: Put the value in quotes.";
    assert_eq!(text, expected);
}

#[test]
fn several_problems_are_told_at_once() {
    let text = "openapi: 3.0.3\ninfo: {title: 1, version: 1}\npaths: []\n";
    let found: Vec<_> = problems(text).iter().map(|problem| place(problem).1).collect();
    assert_eq!(found, [2, 2, 3]);
}

#[test]
fn each_oddity_of_yaml_is_refused_at_its_place() {
    let nine = "[*a,*a,*a,*a,*a,*a,*a,*a,*a]";
    for (text, rule, line, column) in [
        ("".to_owned(), "yaml-document", 1, 1),
        ("# nothing\n".to_owned(), "yaml-document", 1, 1),
        ("---\n...\n".to_owned(), "openapi-version", 2, 1),
        ("a: 1\n---\nb: 2\n".to_owned(), "yaml-document", 2, 1),
        ("a: &a [x]\nb: &b [*a]\n".to_owned(), "yaml-alias", 1, 4),
        (format!("a: &a [lol]\nb: &b {nine}\nc: &c {nine}\n"), "yaml-alias", 1, 4),
        ("a: &a {b: *a}\n".to_owned(), "yaml-alias", 1, 4),
        ("a: !!binary aGk=\n".to_owned(), "yaml-tag", 1, 4),
        ("a: !x {b: 1}\n".to_owned(), "yaml-tag", 1, 4),
        ("a: !x [b]\n".to_owned(), "yaml-tag", 1, 4),
        ("a: 1\nb: 2\na: 3\n".to_owned(), "duplicate-key", 3, 1),
        ("x:\n  200: 1\n  '200': 2\n".to_owned(), "duplicate-key", 3, 3),
        ("? [a, b]\n: 1\n".to_owned(), "yaml-key", 1, 3),
        ("{a: b}: 1\n".to_owned(), "yaml-key", 1, 1),
        ("true: 1\n".to_owned(), "yaml-key", 1, 1),
        ("1.5: 1\n".to_owned(), "yaml-key", 1, 1),
        ("~: 1\n".to_owned(), "yaml-key", 1, 1),
        (": 1\n".to_owned(), "yaml-key", 1, 1),
        (format!("? {}\n: 1\n", "k".repeat(2000)), "yaml-key", 1, 3),
        ("a: .inf\n".to_owned(), "yaml-number", 1, 4),
        ("a: .nan\n".to_owned(), "yaml-number", 1, 4),
        ("a: 1e999\n".to_owned(), "yaml-number", 1, 4),
        ("a: 99999999999999999999\n".to_owned(), "yaml-number", 1, 4),
        ("a: [1, 2\n".to_owned(), "yaml-syntax", 2, 1),
        ("a: b: c\n".to_owned(), "yaml-syntax", 1, 5),
        ("a: 'b\n".to_owned(), "yaml-syntax", 1, 4),
        ("a:\n\tb: 1\n".to_owned(), "yaml-syntax", 2, 2),
        ("a: *nobody\n".to_owned(), "yaml-syntax", 1, 4),
        ("a: \u{0}\n".to_owned(), "control-character", 1, 4),
        ("a: 1\nb: \u{7F}\n".to_owned(), "control-character", 2, 4),
        ("just text\n".to_owned(), "openapi-version", 1, 1),
        ("- a\n- b\n".to_owned(), "openapi-version", 1, 1),
        ("swagger: '2.0'\n".to_owned(), "openapi-version", 1, 1),
        ("openapi: 3.1.0\n".to_owned(), "openapi-version", 1, 1),
        ("openapi: 3\n".to_owned(), "openapi-version", 1, 1),
        ("openapi: 3.0.3\n".to_owned(), "wrong-shape", 1, 1),
    ] {
        let problems = problems(&text);
        let first = problems.iter().next().unwrap();
        assert_eq!(place(first), (rule, line, column), "{text:.100}\n{first}");
        assert!(!first.to_string().is_empty());
    }
}

#[test]
fn a_schema_with_a_mistake_deep_inside_is_placed_and_does_not_take_for_ever() {
    // The typed model reads a wrong schema twice per level: 2^58 times here.
    let depth = 58;
    let text = with_schema(&format!("{}{{maxLength: wrong}}{}", "{not: ".repeat(depth), "}".repeat(depth)));
    let problem = problem(&text);
    assert_eq!((problem.rule, problem.location.unwrap().line), ("wrong-shape", 4));
    assert!(problem.what.contains("whole number"), "{problem}");
}

/// Runs on the stack of a test, which is a quarter of a main thread's.
#[test]
fn the_deepest_document_can_be_read_checked_and_dropped() {
    for (open, close) in [
        ("{not: ", "}"),
        ("{type: array, items: ", "}"),
        ("{allOf: [", "]}"),
        ("{additionalProperties: ", "}"),
    ] {
        let levels = if open.contains('[') { 29 } else { 58 };
        let text = with_schema(&format!("{}{{type: string}}{}", open.repeat(levels), close.repeat(levels)));
        let document = Document::parse("spec.yaml", &text).unwrap();
        assert!(!lint(&document).is_empty());
        drop(document.clone());
    }
}

/// What takes the linter long if it is done naively: alternatives that are tried anew at each level.
#[test]
fn alternatives_inside_alternatives_do_not_take_for_ever() {
    let depth = 40;
    let value = format!("{}{}{}", "{a: ".repeat(depth), "1", "}".repeat(depth));
    let text = with_schema(&format!(
        "{{type: object, properties: {{a: {{oneOf: [{{$ref: '#/components/schemas/A'}}, {{$ref: '#/components/schemas/B'}}]}}}}, \
         example: {value}}}, B: {{$ref: '#/components/schemas/A'}}"
    ));
    let document = Document::parse("spec.yaml", &text).unwrap();
    let found = lint(&document).to_string();
    assert!(found.contains("too deep to be checked"), "{found}");
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
        let problems = problems(&text);
        let _ = problems.to_string();
        assert!(start.elapsed() < Duration::from_secs(20), "{:?} for {text:.40}", start.elapsed());
    }
}

/// Every document that is one small slip away from a good one: a character deleted, doubled or replaced.
#[test]
fn no_slip_of_the_pen_makes_loading_or_checking_panic() {
    let characters: Vec<char> = GOOD.chars().collect();
    for position in (0..characters.len()).step_by(7) {
        let (before, after) = characters.split_at(position);
        let replacement =
            [None, Some("{"), Some(": "), Some("\n"), Some("*"), Some("- "), Some("'"), Some("é")]
                [position % 8];
        let mut text: String = before.iter().collect();
        text.extend(replacement);
        text.extend(after.iter().skip(usize::from(position % 2 == 0)));
        match Document::parse("spec.yaml", &text) {
            Ok(document) => drop(lint(&document).to_string()),
            Err(problems) => assert!(!problems.to_string().is_empty()),
        }
    }
}

/// Texts that look like YAML from far away.
#[test]
fn no_soup_of_yaml_makes_loading_panic() {
    let tokens = [
        "a",
        ": ",
        "- ",
        "\n",
        "  ",
        "{",
        "}",
        "[",
        "]",
        ",",
        "'",
        "\"",
        "|",
        ">",
        "&x ",
        "*x",
        "!t ",
        "? ",
        "#",
        "%",
        "@",
        "`",
        "---\n",
        "...\n",
        "\t",
        "é",
        "\u{2028}",
        "\\",
        "~",
        "200",
        "<<",
        "|2\n",
        ">-\n",
        "\u{85}",
        "-",
        ":",
        "!<",
        "!!",
        "%TAG ! x\n",
    ];
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
