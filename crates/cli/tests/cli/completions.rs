//! What bash, zsh and fish complete, each driven as a person at a terminal does or by its own means; and the manual.

use std::{
    env,
    io::ErrorKind,
    path::Path,
    process::{Command, Output},
};

use broker_session_sandbox::neo;
use rexpect::session::spawn_command;
use serde_json::json;

use crate::common::{Program, finish, set_mode, spawn, start};

/// The last profile would be taken for an option.
const CONFIG: &str =
    "[profiles.alpha.neo]\nucc = \"S4MPL\"\n[profiles.beta]\n[profiles.'one@two:3']\n[profiles.--x]\n";

/// What every shell completes: lines, each with how its last word goes on.
const LINES: [(&str, &str); 5] = [
    ("logout neo --ucc ", "--ucc S4MPL"),
    ("logout neo --ucc=S", "--ucc=S4MPL"),
    ("--profile o", "--profile one@two:3"),
    ("--profile=one@two:", "--profile=one@two:3"),
    ("exec neo --profile alpha -- ls file", "-- ls file-of-ls"),
];

const BASH_SETUP: &str = "stty echo; source <(broker-session completions bash)";

/// A program with a config file, and a stored session at Neo.
async fn with_session() -> (neo::Sandbox, Program) {
    let (sandbox, program) = start(neo::Sandbox::builder()).await;
    program.ok("login neo").await;
    let config = program.file("config.toml", CONFIG);
    (sandbox, program.env("BROKER_SESSION_CONFIG", &config))
}

/// A shell that finds the program, with the environment of its runs.
fn shell(name: &str, program: &Program) -> Command {
    let mut shell = Command::new(name);
    let of_program = program.std_command("");
    shell.env_clear().envs(of_program.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let folder = Path::new(env!("CARGO_BIN_EXE_broker-session")).parent().unwrap();
    let path = env::join_paths(
        [folder.to_owned()].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap())),
    );
    shell.env("PATH", path.unwrap()).env("TERM", "dumb").current_dir(program.home.path());
    shell
}

/// Whether there is such a shell; where CI runs there must be.
fn is_there(name: &str) -> bool {
    match Command::new(name).arg("--version").output() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let is_required = ["CI", "REQUIRE_SHELLS"].iter().any(|name| env::var_os(name).is_some());
            assert!(!is_required, "there is no `{name}`, and it is required here");
            eprintln!("skipped: there is no `{name}`");
            false
        }
        found => found.unwrap().status.success(),
    }
}

fn lines(output: Output) -> Vec<String> {
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// What bash completes at the end of a line.
fn in_bash(line: &str, program: &Program) -> Vec<String> {
    in_bash_word(line, line.split(' ').next_back().unwrap(), program)
}

/// The same where bash takes only the end of the last word for the one that is completed.
fn in_bash_word(line: &str, word: &str, program: &Program) -> Vec<String> {
    const SCRIPT: &str = r#"
        source <(broker-session completions bash)
        [[ $(complete -p broker-session) =~ -F\ ([^ ]+) ]] || exit 1
        word=$1; shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_TYPE=9 COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
        ${BASH_REMATCH[1]} broker-session "$word" ""
        printf '%s\n' "${COMPREPLY[@]}""#;
    let mut bash = shell("bash", program);
    bash.args(["--norc", "-c", SCRIPT, "bash", word]).args(line.split(' '));
    lines(bash.output().unwrap())
}

/// What a shell at a terminal makes of lines.
fn complete(shell: Command, setup: &str, lines: &[(&str, &str)], program: &Program) {
    program.file("file-of-ls", "");
    let mut shell = spawn_command(shell, Some(20_000)).unwrap();
    shell.send_line(&format!("{setup}; PS1='re''ady '")).unwrap();
    shell.exp_string("ready ").unwrap();
    for (line, completed) in lines {
        shell.send(&format!("broker-session {line}\t")).unwrap();
        shell.flush().unwrap();
        // What is written next stands behind a space.
        shell.exp_string(&format!("{completed} ")).unwrap();
        shell.send_control('u').unwrap();
    }
    shell.send_line("exit").unwrap();
    shell.exp_eof().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn bash_completes_brokers_profiles_and_stored_sessions() {
    let (_sandbox, program) = with_session().await;
    let in_bash = |line: &str| in_bash(line, &program);
    assert_eq!(in_bash("broker-session keepa"), ["keepalive"]);
    assert_eq!(in_bash("broker-session login n"), ["neo"]);
    assert_eq!(in_bash("broker-session serve ")[..3], ["kotak", "ibkr", "neo"]);
    assert_eq!(in_bash("broker-session --profile "), ["alpha", "beta", "default", "one@two:3"]);
    assert_eq!(in_bash("broker-session --profile b"), ["beta"]);
    assert_eq!(in_bash("broker-session logout neo --ucc "), ["S4MPL"]);
    assert_eq!(in_bash("broker-session logout neo --for"), ["--forget"]);
    // Another broker has no session, another store neither.
    assert_eq!(in_bash("broker-session logout kotak --userid "), [""]);
    assert_eq!(in_bash("broker-session --store other.json logout neo --ucc "), [""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn bash_completes_words_that_it_splits_and_a_program() {
    let (_sandbox, program) = with_session().await;
    tokio::task::spawn_blocking(move || {
        let mut bash = shell("bash", &program);
        bash.args(["--norc", "-i"]);
        // A part of the package bash-completion, which knows what other programs take.
        let setup = format!("{BASH_SETUP}; _command_offset() {{ [[ ${{COMP_WORDS[$1]}} == known ]] && COMPREPLY=(argument); }}");
        let more = [("--profile=\"one@", "--profile=\"one@two:3\""), ("exec neo -- known ", "-- known argument")];
        complete(bash, &setup, &[&LINES[..], &more].concat(), &program);
    })
    .await
    .unwrap();
}

/// Files with names that a shell would act upon, and what each makes of a line in bash.
const FILES: [(&str, &str, &str); 13] = [
    ("x y.toml", "--config x", r"--config x\ y.toml"),
    ("x y.toml", r"--config x\ y", r"--config x\ y.toml"),
    ("q$(touch pwnf)", "--config q", r"--config q\$\(touch\ pwnf\)"),
    ("q$(touch pwnf)", "--config=q", r"--config=q\$\(touch\ pwnf\)"),
    ("r`touch pwnf`", "--env-file r", r"--env-file r\`touch\ pwnf\`"),
    ("s;touch pwnf", "--store s", r"--store s\;touch\ pwnf"),
    ("t&u'v\"w\\!z", "serve neo --token-file t", r#"--token-file t\&u\'v\"w\\\!z"#),
    ("p q.pem", "login neo --root-certificates=p", r"--root-certificates=p\ q.pem"),
    ("x y.toml", "--config \"x", "--config \"x y.toml\""),
    ("x y.toml", "--config='x", "--config='x y.toml'"),
    ("q$(touch pwnf)", "--config 'q", "--config 'q$(touch pwnf)'"),
    ("x y.toml", "--config ~/x", r"--config ~/x\ y.toml"),
    ("~a", "--config \\~", r"--config \~a"),
];

#[tokio::test(flavor = "multi_thread")]
async fn bash_quotes_the_names_of_files() {
    let program = Program::new();
    tokio::task::spawn_blocking(move || {
        for (name, ..) in FILES {
            program.file(name, "");
        }
        let mut bash = shell("bash", &program);
        bash.args(["--norc", "-i"]);
        complete(bash, BASH_SETUP, &FILES.map(|(_, line, completed)| (line, completed)), &program);
        assert!(!program.home.path().join("pwnf").exists());
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn bash_offers_no_name_that_an_open_quote_does_not_cover() {
    let program = Program::new();
    let names = ["a$(b)", "a`b`", "a\"b", "a\\b", "a!b", "a'b", "a\nb", "a b"];
    for name in names {
        program.file(name, "");
    }
    // As bash gives the words of a line with an open quote.
    assert_eq!(in_bash_word("broker-session --config \"a", "a", &program), ["a b", "a'b"]);
    assert_eq!(
        in_bash_word("broker-session --config 'a", "a", &program),
        ["a b", "a!b", "a\"b", "a$(b)", "a\\b", "a`b`"]
    );
    // The word is left to bash.
    assert_eq!(in_bash_word("broker-session --config '$'a", "a", &program), [""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn fish_completes_with_what_a_value_is() {
    if !is_there("fish") {
        return;
    }
    let (_sandbox, program) = with_session().await;
    let in_fish = |line: &str| {
        let script = format!("broker-session completions fish | source; complete --do-complete '{line}'");
        lines(shell("fish", &program).args(["--no-config", "-c", &script]).output().unwrap())
    };
    assert_eq!(in_fish("broker-session login n"), ["neo\tSign in to Kotak Neo and store the session"]);
    assert_eq!(in_fish("broker-session --profile a"), ["alpha\ta profile of the config file"]);
    let user = in_fish("broker-session logout neo --ucc ");
    assert!(user.len() == 1 && user[0].starts_with("S4MPL\ta stored session, until "), "{user:?}");
    assert_eq!(in_fish("broker-session --profile -"), [""; 0]);
    program.file("file-of-ls", "");
    for (line, completed) in LINES {
        let found = in_fish(&format!("broker-session {line}"));
        let value = found.first().and_then(|found| found.split('\t').next()).unwrap_or_default();
        assert!(found.len() == 1 && completed.ends_with(value) && value.len() > 1, "{line}: {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn zsh_completes_at_a_terminal() {
    if !is_there("zsh") {
        return;
    }
    let (_sandbox, program) = with_session().await;
    // The file as a package installs it: zsh loads it at the first completion.
    let script = program.run("completions zsh").await.stdout;
    program.file("_broker-session", &script);
    tokio::task::spawn_blocking(move || {
        let mut zsh = shell("zsh", &program);
        zsh.args(["-f", "-i"]);
        let setup = "unsetopt zle_bracketed_paste; fpath=($HOME $fpath); autoload -U compinit; compinit -u";
        program.file("other file", "");
        // zsh writes the whole path in place of the tilde.
        let other = format!("\u{8}{}/other\\ file", program.home.path().display());
        let more = [("exec neo -- ls --recurs", "--recursive"), ("--config ~/oth", other.as_str())];
        complete(zsh, setup, &[&LINES[..], &more].concat(), &program);
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_completion_that_cannot_be_made_is_quiet_and_changes_nothing() {
    let (_sandbox, program) = with_session().await;
    let users = |program: &Program| in_bash("broker-session logout neo --ucc ", program);
    // The next command warns about it, and takes the permissions away.
    set_mode(program.store(), 0o644);
    assert_eq!(users(&program), [""]);
    assert_eq!(crate::common::mode(program.store()), 0o644);
    program.file("store.json", "no store");
    assert_eq!(users(&program), [""]);
    let config = program.home.path().join("config.toml");
    set_mode(&config, 0o620);
    assert_eq!(in_bash("broker-session --profile ", &program), [""]);
    program.file("config.toml", "no config = ");
    assert_eq!(in_bash("broker-session --profile ", &program), [""]);
    for store in ["redis://127.0.0.1:9/", "keyring:", "http://nothing"] {
        assert_eq!(users(&Program::new().env("BROKER_SESSION_STORE", store)), [""]);
    }
    let mut unknown = program.std_command("");
    unknown.env("BROKER_SESSION_COMPLETE", "no-shell");
    let run = finish(spawn(unknown)).await;
    assert_eq!((run.status, run.stdout + &run.stderr), (1, String::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manual_has_a_page_for_each_command() {
    let program = Program::new();
    let page = program.run("man").await.stdout;
    assert!(page.contains(".SH NAME\nbroker\\-session \\- Sign in"), "{page}");
    assert_eq!(program.ok("man").await["page"].as_str().unwrap().trim_end(), page.trim_end());
    let folder = program.home.path().join("new/man1");
    let files = program.ok(&format!("man --out {}", folder.display())).await["files"].take();
    let files: Vec<String> = serde_json::from_value(files).unwrap();
    for name in ["broker-session.1", "broker-session-login-neo.1", "broker-session-man.1"] {
        assert!(files.iter().any(|file| file == name), "{name}: {files:?}");
    }
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), files.len());
    let page = std::fs::read_to_string(folder.join("broker-session-exec-neo.1")).unwrap();
    assert!(page.contains("NEO_UCC") && page.contains(".SH NOTES"), "{page}");
    let error = program.fails("man --out /dev/null", 1, "other").await;
    assert!(error["message"].as_str().unwrap().contains("`/dev/null`"), "{error}");
    let script = &program.ok("completions fish").await["script"];
    assert_eq!(program.run("completions fish").await.stdout.trim_end(), json!(script).as_str().unwrap());
}
