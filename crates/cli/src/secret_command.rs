//! Secrets that a command prints, like that of a password manager.
//!
//! A command is run without a shell, once for each secret, and its output becomes a secret at once. No error and no log has
//! anything of the output or the arguments, because nobody knows what is in them.

use std::{
    collections::HashMap,
    env, fs,
    io::{self, IsTerminal},
    path::Path,
    pin::pin,
    process::{ExitStatus, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use broker_session::Secret;
use tokio::{
    io::AsyncReadExt,
    process::{Child, ChildStdout, Command},
    sync::Mutex,
    time::timeout,
};

use crate::{
    exec::credentials,
    failure::Failure,
    output::printable,
    serve::SYSTEMD_VARIABLES,
    signals::kill_group,
    terminal::{self, Echo},
};

/// How long a command may take, if no time is given for the program.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the rest of the output is read when the program has ended.
const REMAINDER: Duration = Duration::from_millis(100);

/// No credential is longer, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// How many lines a secret may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lines {
    One,
    /// A key in PEM, for instance.
    Any,
}

/// The commands that were run, each with what came of it. Clones are the same ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Commands(Arc<Mutex<Runs>>);

#[derive(Debug, Default)]
struct Runs {
    /// The program's time, if there is a limit.
    limit: Option<Duration>,
    /// What is left of it.
    left: Option<Duration>,
    /// The secrets, or why there are none, by variable and command.
    results: HashMap<(&'static str, String), Result<Secret, String>>,
}

impl Commands {
    /// Commands that may take this long together.
    pub(crate) fn within(limit: Option<Duration>) -> Self {
        Self(Arc::new(Mutex::new(Runs { limit, left: limit, results: HashMap::new() })))
    }

    /// Forgets what came of them, so that they are run again and have all of the time again.
    pub(crate) async fn forget(&self) {
        let mut runs = self.0.lock().await;
        runs.left = runs.limit;
        runs.results.clear();
    }

    /// The secret for a variable from a command that the setting `place` names. It is run if it was not run before, one at a
    /// time: two questions at one terminal would get in each other's way.
    ///
    /// # Errors
    /// If it cannot be run, fails or takes too long, or if its output cannot be a secret.
    pub(crate) async fn secret(
        &self,
        variable: &'static str,
        place: &str,
        command: &str,
        lines: Lines,
    ) -> Result<Secret, Failure> {
        let mut runs = self.0.lock().await;
        let key = (variable, command.to_owned());
        if let Some(known) = runs.results.get(&key) {
            return known.clone().map_err(Failure::config);
        }
        let started = Instant::now();
        let result = run(command, runs.left.unwrap_or(PATIENCE), lines).await;
        let result = result.map_err(|error| error.text(variable, place));
        runs.left = runs.left.map(|left| left.saturating_sub(started.elapsed()));
        runs.results.insert(key, result.clone());
        result.map_err(Failure::config)
    }
}

/// The words of a command; none if it cannot be split into any.
pub(crate) fn words(command: &str) -> Option<Vec<String>> {
    shlex::split(command).filter(|words| words.first().is_some_and(|program| !program.is_empty()))
}

/// Whether there is a program of this name, or at this path.
pub(crate) fn is_program(name: &str) -> bool {
    if Path::new(name).components().count() > 1 || Path::new(name).is_absolute() {
        return is_executable(Path::new(name));
    }
    // Where the system looks without the variable.
    let folders = env::var_os("PATH").unwrap_or_else(|| "/bin:/usr/bin".into());
    let mut paths = env::split_paths(&folders).map(|folder| folder.join(name));
    paths.any(|path| is_executable(&path) || is_executable(&path.with_extension(env::consts::EXE_EXTENSION)))
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

/// Why a command gives no secret.
#[derive(Debug)]
enum CommandError {
    NoWords,
    /// The program, and what came of it.
    Run(String, Cause),
}

#[derive(Debug)]
enum Cause {
    NotStarted(io::Error),
    Unreadable(io::Error),
    Failed(ExitStatus),
    TooLate(Duration),
    TooLong,
    Empty,
    NotUtf8,
    ControlCharacters,
}

impl CommandError {
    fn text(&self, variable: &str, place: &str) -> String {
        let (program, cause) = match self {
            Self::NoWords => {
                return format!(
                    "the command of {place} cannot be split into words: a quote is not closed, or there is no word. Correct it."
                );
            }
            Self::Run(program, cause) => (printable(program), cause),
        };
        let alone = "Let it print the secret alone.";
        match cause {
            Cause::NotStarted(error) => format!(
                "the program `{program}` of {place} cannot be started: {error}. Correct the name, or write the path."
            ),
            Cause::Unreadable(error) => {
                format!("the output of `{program}`, which {place} names, cannot be read: {error}. Try again.")
            }
            Cause::Failed(status) => format!(
                "the command `{program}` of {place} has failed ({status}). Run it by itself to see why."
            ),
            Cause::TooLate(limit) => format!(
                "the command `{program}` of {place} took longer than {:.0} s, and was ended. Run it by itself to see what it waits for, or give it more time with --timeout.",
                limit.as_secs_f64().ceil()
            ),
            Cause::TooLong => {
                format!("the output of `{program}`, which {place} names, is too long for a secret. {alone}")
            }
            Cause::Empty => format!("the output of `{program}`, which {place} names, is empty. {alone}"),
            Cause::NotUtf8 => {
                format!("the output of `{program}`, which {place} names, is not UTF-8. {alone}")
            }
            Cause::ControlCharacters => format!(
                "the value for {variable} has line breaks or other control characters; it is the output of `{program}`, which {place} names. {alone}"
            ),
        }
    }
}

async fn run(command: &str, limit: Duration, lines: Lines) -> Result<Secret, CommandError> {
    let words = words(command).ok_or(CommandError::NoWords)?;
    let Some((program, arguments)) = words.split_first() else { return Err(CommandError::NoWords) };
    let output = output(program, arguments, limit).await;
    output.and_then(|output| secret(output, lines)).map_err(|cause| CommandError::Run(program.clone(), cause))
}

/// Runs a program until it ends, and returns what it has printed.
async fn output(program: &str, arguments: &[String], limit: Duration) -> Result<Vec<u8>, Cause> {
    let _echo = Echo::keep();
    let mut running = Running::start(program, arguments).map_err(Cause::NotStarted)?;
    let finished = timeout(limit, running.finish()).await.unwrap_or(Err(Cause::TooLate(limit)));
    running.end().await;
    finished
}

/// Reads all that is printed into a buffer.
async fn read(stdout: Option<ChildStdout>, output: &mut Vec<u8>) -> Result<(), Cause> {
    let Some(mut stdout) = stdout else { return Ok(()) };
    while stdout.read_buf(output).await.map_err(Cause::Unreadable)? > 0 {
        if output.len() > MAX_BYTES {
            return Err(Cause::TooLong);
        }
    }
    Ok(())
}

/// The secret that was printed, without the line break behind it.
fn secret(output: Vec<u8>, lines: Lines) -> Result<Secret, Cause> {
    let text = Secret::new(String::from_utf8(output).map_err(|_| Cause::NotUtf8)?);
    let line = text.expose().strip_suffix('\n').unwrap_or(text.expose());
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err(Cause::Empty);
    }
    // A line break slips in easily, and a password with one would be a wasted guess.
    if lines == Lines::One && line.chars().any(char::is_control) {
        return Err(Cause::ControlCharacters);
    }
    Ok(Secret::from(line))
}

/// A command while it runs. Dropping it ends it.
struct Running {
    child: Child,
    /// Whether it is a group of processes by itself.
    is_group: bool,
}

impl Running {
    fn start(program: &str, arguments: &[String]) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments).stdout(Stdio::piped()).kill_on_drop(true);
        for name in credentials() {
            command.env_remove(name);
        }
        for name in SYSTEMD_VARIABLES {
            command.env_remove(name);
        }
        // A password manager may ask for its own passphrase. What reads from a terminal must be in its front group.
        let has_person = terminal::is_there();
        command.stdin(if has_person { Stdio::inherit() } else { Stdio::null() });
        // It may have the secret, and the stderr of a service is a log.
        let shows_errors = io::stderr().is_terminal();
        command.stderr(if shows_errors { Stdio::inherit() } else { Stdio::null() });
        // So that what it starts can be ended with it.
        #[cfg(unix)]
        if !has_person {
            command.process_group(0);
        }
        Ok(Self { child: command.spawn()?, is_group: !has_person })
    }

    /// Waits until it ends, and returns what it has printed. What it has started may go on, with its stdout open.
    async fn finish(&mut self) -> Result<Vec<u8>, Cause> {
        const ROOM_TO_SEE_THE_END: usize = 64;
        // With room for all of it from the start: what grows leaves a copy behind.
        let mut output = Vec::with_capacity(MAX_BYTES + ROOM_TO_SEE_THE_END);
        let status = {
            let mut reading = pin!(read(self.child.stdout.take(), &mut output));
            tokio::select! {
                status = self.child.wait() => {
                    // What is not there by then is printed by others.
                    if let Ok(read) = timeout(REMAINDER, &mut reading).await {
                        read?;
                    }
                    status
                }
                read = &mut reading => {
                    read?;
                    self.child.wait().await
                }
            }
        };
        match status.map_err(Cause::Unreadable)? {
            status if status.success() => Ok(output),
            status => Err(Cause::Failed(status)),
        }
    }

    /// Ends it, if it has not ended.
    async fn end(&mut self) {
        self.kill_group();
        // If it fails, it has ended.
        let _ = self.child.kill().await;
    }

    fn kill_group(&self) {
        // Only as long as nobody has waited for its end, the number is its own.
        if self.is_group {
            kill_group(&self.child);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill_group();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn of(command: &str, lines: Lines) -> Result<Secret, String> {
        let commands = Commands::default();
        commands.secret("MADE_UP", "`MADE_UP_COMMAND`", command, lines).await.map_err(|e| e.to_string())
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn one_line_break_behind_a_secret_is_left_out() {
        for (command, expected) in [
            ("printf hunter2", "hunter2"),
            ("printf 'hunter2\\n'", "hunter2"),
            ("printf 'hunter2\\r\\n'", "hunter2"),
            ("echo 'one two' $HOME", "one two $HOME"),
        ] {
            assert_eq!(of(command, Lines::One).await.unwrap().expose(), expected);
        }
        assert_eq!(of("printf 'a\\nb\\n\\n'", Lines::Any).await.unwrap().expose(), "a\nb\n");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn what_cannot_be_a_secret_is_refused_without_being_quoted() {
        for (command, expected) in [
            ("printf 'hunter2\\n\\n'", "line breaks"),
            ("printf 'hunter2\\nhunter2'", "line breaks"),
            ("printf 'hunter2\\377'", "not UTF-8"),
            ("printf '\\n'", "is empty"),
            ("true hunter2", "is empty"),
            ("head -c 70000 /dev/zero", "too long"),
            ("sh -c 'echo hunter2; echo hunter2 >&2; exit 3'", "exit status: 3"),
            ("no-such-program hunter2", "`no-such-program` of `MADE_UP_COMMAND` cannot be started"),
            ("'hunter2", "a quote is not closed"),
            ("", "there is no word"),
            ("'' hunter2", "there is no word"),
        ] {
            let error = of(command, Lines::One).await.unwrap_err();
            assert!(error.contains(expected), "{command}: {error}");
            assert!(error.contains("MADE_UP_COMMAND") && !error.contains("hunter2"), "{command}: {error}");
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_command_is_run_once_whatever_comes_of_it() {
        let home = tempfile::TempDir::new().unwrap();
        let log = home.path().join("log");
        for end in ["echo hunter2", "exit 1"] {
            let commands = Commands::default();
            let command = format!("sh -c 'echo run >> {}; {end}'", log.display());
            for _ in 0..3 {
                let secret = commands.secret("MADE_UP", "here", &command, Lines::One).await;
                assert_eq!(secret.is_ok(), end == "echo hunter2");
            }
            assert_eq!(std::fs::read_to_string(&log).unwrap().lines().count(), 1);
            commands.forget().await;
            let _ = commands.secret("MADE_UP", "here", &command, Lines::One).await;
            assert_eq!(std::fs::read_to_string(&log).unwrap().lines().count(), 2);
            std::fs::remove_file(&log).unwrap();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn commands_share_the_time_of_the_program() {
        let commands = Commands::within(Some(Duration::ZERO));
        let error = commands.secret("MADE_UP", "here", "sleep 60", Lines::One).await.unwrap_err();
        assert!(error.to_string().contains("took longer than 0 s"), "{error}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn commands_that_are_run_again_have_all_of_the_time_again() {
        let commands = Commands::within(Some(PATIENCE));
        let secret = async |command| commands.secret("MADE_UP", "here", command, Lines::One).await;
        // As after commands that took all of it.
        commands.0.lock().await.left = Some(Duration::ZERO);
        assert!(secret("sleep 60").await.unwrap_err().to_string().contains("took longer than 0 s"));
        commands.forget().await;
        assert_eq!(secret("echo hunter2").await.unwrap().expose(), "hunter2");
    }
}
