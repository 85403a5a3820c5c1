//! The parts that the help texts of several commands have in common.

/// What a command's help says at its end: where its secrets come from, each with what it is, and examples.
pub(crate) fn help(secrets: &[&[(&str, &str)]], examples: &[&str]) -> String {
    let secrets: Vec<&(&str, &str)> = secrets.iter().copied().flatten().collect();
    let width = secrets.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let mut lines = vec![
        "Secrets, from the environment, or from a file that NAME_FILE or the profile names, or typed without echo:"
            .to_owned(),
    ];
    lines.extend(secrets.iter().map(|(name, what)| format!("  {name:width$}  {what}")));
    format!("{}\n\n{}", lines.join("\n"), self::examples(examples))
}

/// Examples of a command.
pub(crate) fn examples<'a>(examples: impl IntoIterator<Item = &'a &'a str>) -> String {
    let lines = examples.into_iter().map(|example| format!("  {example}"));
    ["Examples:".to_owned()].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}
