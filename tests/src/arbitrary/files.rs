//! The program's files with whatever stands in them.

use broker_session_cli::files;

use crate::CANARY;

/// Reads a session store. What was read is written so that it is read to the same; what cannot be read is not quoted.
pub fn session_store(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    match files::session_store(&text) {
        Ok(written) => assert_eq!(files::session_store(&written).as_ref(), Ok(&written)),
        Err(message) => check_message(&message),
    }
}

/// Reads a config file. What is wrong has its line, and no value is quoted.
pub fn config_file(input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let Err(message) = files::config(&text) else { return };
    let place = message.strip_prefix("config.toml:").and_then(|rest| rest.split(':').next());
    let line: usize = place.and_then(|line| line.parse().ok()).expect("the line that is wrong");
    assert!((1..=text.lines().count() + 1).contains(&line), "{message}");
    if has_canaries_for_values_only(&text) {
        check_message(&message);
    }
}

fn check_message(message: &str) {
    assert!(!message.contains(CANARY), "a secret shows: {message}");
    assert!(!message.chars().any(char::is_control), "a terminal obeys: {message:?}");
    assert!(message.len() < 1000, "a message without end: {message}");
}

/// Names of settings are quoted, and who puts a secret in the place of one cannot be helped. So each canary has to stand
/// in a text of one line behind the only `=` of its line.
fn has_canaries_for_values_only(text: &str) -> bool {
    let one_line = !["\"\"\"", "'''", "{", "["]
        .iter()
        .any(|other| text.lines().filter(|line| !line.starts_with('[')).any(|line| line.contains(other)));
    let is_value = |line: &str| match line.split_once('=') {
        Some((name, value)) => !name.contains(CANARY) && !value.contains('='),
        None => false,
    };
    one_line && text.lines().filter(|line| line.contains(CANARY)).all(is_value)
}
