//! Variables from a file that is named (`.env`). No such file is read by itself.
//!
//! The program starts itself anew with them: then clap, the library and everything else find them where they look. What is
//! set already stays as it is.

use std::{
    collections::BTreeMap,
    env, fmt,
    path::Path,
    process::{self, Command, ExitCode},
};

use broker_session::Secret;

use crate::{
    bounded_file::{self, BoundedFile, SETTINGS_LIMIT},
    exec::credentials,
    failure::Failure,
    output::quoted,
};

/// Names the file.
const FILE: &str = "BROKER_SESSION_ENV_FILE";

/// What the program that was started anew has from the file: the number of its process, a colon, and the names with a comma
/// between them. The number shows that the variable was not set by somebody else.
const NAMES: &str = "BROKER_SESSION_ENV_FILE_NAMES";

/// What the names of variables begin with that make a program load other code.
const LOADER_PREFIXES: [&str; 2] = ["LD_", "DYLD_"];

/// The variables that say where the file is and that it was read. No other program may get them.
pub(crate) const VARIABLES: [&str; 2] = [FILE, NAMES];

/// Reads the file and starts the program anew. Returns nothing to do if there is no file, or if it was read; where the system
/// cannot put one program in place of another, returns the exit status of that program.
///
/// # Errors
/// If the file cannot be read or understood, if others can change it, or read it where it has secrets, or if the program
/// cannot be started.
pub(crate) fn apply(path: Option<&Path>) -> Result<Option<ExitCode>, Failure> {
    let Some(path) = path else { return Ok(None) };
    if own_names().is_some() {
        return Ok(None);
    }
    let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let mut variables = read(path)?;
    variables.retain(|name, _| !VARIABLES.contains(&name.as_str()) && !is_set(name));
    start_anew(&variables).map(Some)
}

/// The names of the variables that come from the file.
pub(crate) fn names() -> Vec<String> {
    let names = own_names().unwrap_or_default();
    names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The names, if this process was started anew.
fn own_names() -> Option<String> {
    let value = env::var(NAMES).ok()?;
    let (number, names) = value.split_once(':')?;
    // Elsewhere than on Unix it is the number of the process that waits for this one, which nobody can ask for.
    (!cfg!(unix) || number == process::id().to_string()).then(|| names.to_owned())
}

/// A variable, for people to read: where it is, if it is in the file.
pub(crate) fn named(variable: &str) -> String {
    let from_file = names().iter().any(|name| name == variable);
    format!("{variable}{}", if from_file { " in the env file" } else { "" })
}

/// The variables of the file; the last of one name counts.
fn read(path: &Path) -> Result<BTreeMap<String, Secret>, Failure> {
    let shown = path.display();
    let failed = |why: &dyn fmt::Display| {
        Failure::config(format!(
            "the env file `{shown}` cannot be read: {why}. Correct the path or the file."
        ))
    };
    let file = BoundedFile::open(path).map_err(|error| failed(&error))?;
    let mode = file.mode().unwrap_or_default();
    file.must_be_own("env file", path, "set variables of the programs that are run")?;
    let content = file.read(SETTINGS_LIMIT).and_then(bounded_file::string);
    let text = Secret::new(content.map_err(|error| failed(&error))?);
    let variables = parse(text.expose()).map_err(|mistake| match mistake {
        Mistake::Line(line) => {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            Failure::config(format!(
                "{shown}{line}: this is no line of an env file. Write NAME=value, or NAME='value' if it has blanks, quotes or a `$`."
            ))
        }
        Mistake::Dollar(name) => Failure::config(format!(
            "the value of {name} in the env file `{shown}` has a `$` outside of single quotes, and nothing is put in its place here. Put the value in single quotes: {name}='value'."
        )),
    })?;
    for (name, value) in &variables {
        if LOADER_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
            return Err(Failure::config(format!(
                "the env file `{shown}` sets {name}, which decides what code a program loads. It is taken from no file. Leave it out, and set it where the program is started."
            )));
        }
        if value.expose().contains('\0') {
            return Err(Failure::config(format!(
                "the value of {name} in the env file `{shown}` has a NUL character, which no variable can have. Remove it."
            )));
        }
    }
    let credentials = credentials();
    let has_secret = variables.iter().any(|(name, value)| !value.is_empty() && credentials.contains(name));
    if has_secret && mode & 0o077 != 0 {
        return Err(Failure::config(format!(
            "the secrets in the env file `{shown}` can be read by others (mode {mode:04o}). Run: chmod 600 {}",
            quoted(&path.display().to_string())
        )));
    }
    Ok(variables)
}

/// Why a string is no env file. Nothing of it is shown, because it may be a secret.
#[derive(Debug, PartialEq, Eq)]
enum Mistake {
    /// The line that cannot be understood, if it is known.
    Line(Option<usize>),
    /// The variable whose value has a `$` that does not stand for itself.
    Dollar(String),
}

/// A line as it is understood.
type Pair = Result<(String, Secret), dotenvy::Error>;

/// Variables from a string.
///
/// `dotenvy` replaces `$NAME` in another way than a shell, and without a word. So the string is read a second time, with another
/// character for each `$`: where the value is the same, the `$` stands for itself.
///
/// # Errors
/// The first mistake.
fn parse(text: &str) -> Result<BTreeMap<String, Secret>, Mistake> {
    // Windows' editors put it at the beginning.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // A string that has all of them would be longer than a file may be.
    let stand_in = ('\u{e000}'..=char::MAX).find(|c| !text.contains(*c)).unwrap_or('\u{e000}');
    let plain = Secret::new(text.replace('$', stand_in.encode_utf8(&mut [0; 4])));
    let pairs = pairs(text).zip(pairs(plain.expose())).map(|pairs| match pairs {
        (Ok((name, value)), Ok((_, plain))) if is_same(&value, &plain, stand_in) => Ok((name, value)),
        (Ok((name, _)), _) | (Err(_), Ok((name, _))) => Err(Mistake::Dollar(name)),
        (Err(dotenvy::Error::LineParse(line, _)), _) => {
            let before = text.find(&line).and_then(|start| text.get(..start));
            Err(Mistake::Line(before.map(|before| before.matches('\n').count() + 1)))
        }
        (Err(_), _) => Err(Mistake::Line(None)),
    });
    pairs.collect()
}

fn pairs(text: &str) -> impl Iterator<Item = Pair> {
    dotenvy::from_read_iter(text.as_bytes()).map(|pair| pair.map(|(name, value)| (name, Secret::new(value))))
}

/// Whether a value is the same as the one with a stand-in for each `$`.
fn is_same(value: &Secret, plain: &Secret, stand_in: char) -> bool {
    let plain = plain.expose().chars().map(|c| if c == stand_in { '$' } else { c });
    plain.eq(value.expose().chars())
}

fn start_anew(variables: &BTreeMap<String, Secret>) -> Result<ExitCode, Failure> {
    let failed =
        |error| Failure::other(format!("the program cannot start itself with the env file: {error}."));
    let mut words = env::args_os();
    let name = words.next();
    let mut command = Command::new(env::current_exe().map_err(failed)?);
    command.args(words).envs(variables.iter().map(|(name, value)| (name, value.expose())));
    let names: Vec<&str> = variables.keys().map(String::as_str).collect();
    command.env(NAMES, format!("{}:{}", process::id(), names.join(",")));
    replace_by(command, name).map_err(failed)
}

#[cfg(unix)]
fn replace_by(mut command: Command, name: Option<std::ffi::OsString>) -> std::io::Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    if let Some(name) = name {
        command.arg0(name);
    }
    Err(command.exec())
}

#[cfg(not(unix))]
fn replace_by(mut command: Command, _: Option<std::ffi::OsString>) -> std::io::Result<ExitCode> {
    let status = command.status()?.code().and_then(|status| u8::try_from(status).ok());
    Ok(ExitCode::from(status.unwrap_or(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_a_shell_does() {
        let text =
            "\u{feff}# A comment\n\nexport ONE=1\nTWO = 'a $b # c' # d\nTHREE=\"x\ny\"\r\nEMPTY=\nONE=last\n";
        let variables = parse(text).unwrap();
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (name.as_str(), value.expose())).collect();
        assert_eq!(variables, [("EMPTY", ""), ("ONE", "last"), ("THREE", "x\ny"), ("TWO", "a $b # c")]);
    }

    #[test]
    fn a_line_that_is_none_is_reported_by_its_number() {
        for (text, line) in [
            ("A=1\nhunter2\nB=2\n", Some(2)),
            ("A=1\n\n2A=hunter2\n", Some(3)),
            ("A='hunter2\nB=2\n", Some(1)),
        ] {
            assert_eq!(parse(text).unwrap_err(), Mistake::Line(line), "{text}");
        }
    }

    #[test]
    fn a_dollar_stands_for_itself_in_single_quotes() {
        let text = "A=1 # $A\n# $A\nB='pa$$w0rd${A}$A'\nC=\u{e000}'$'\n";
        let variables = parse(text).unwrap();
        assert_eq!(variables["B"].expose(), "pa$$w0rd${A}$A");
        assert_eq!(variables["C"].expose(), "\u{e000}$");
    }

    #[test]
    fn any_other_dollar_is_reported_with_the_name() {
        for value in [
            "$A_B",
            "$",
            "x$NO",
            "\"$A\"",
            "\"a $A b\"",
            "pa$$w0rd",
            "\"pa$$w0rd\"",
            "${A}",
            "\"${A\"",
            "a\\$b",
            "'$A'$A",
        ] {
            let mistake = parse(&format!("A=1\nV={value}\nB=2\n")).unwrap_err();
            assert_eq!(mistake, Mistake::Dollar("V".to_owned()), "{value}");
        }
    }
}
