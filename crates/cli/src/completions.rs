//! What a shell completes, and the script that asks for it.
//!
//! The script runs the program anew for each completion, with a variable that only it sets. Then the program looks at the
//! config file and at a session store that is a plain file, and at nothing else: it reads no file with a secret, asks no
//! keyring and no server, changes nothing, and reports no error in the middle of somebody's command line.

use std::{collections::BTreeMap, env, ffi::OsString, path::PathBuf, process::ExitCode};

use broker_session::shared_session::StoredSession;
use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::{
    CompleteEnv, CompletionCandidate,
    env::{Bash, EnvCompleter, Fish, Shells, Zsh},
};
use serde_json::json;

use crate::{
    Context,
    args::{Cli, General, examples},
    brokers::Broker,
    config::{self, Config},
    failure::Failure,
    output::{LogFormat, Output},
    secret_command::Commands,
    sessions::{end_of, is_of, user_of},
    store,
};

/// The variable that the scripts set.
const VARIABLE: &str = "BROKER_SESSION_COMPLETE";

/// The name that is completed, and that the scripts run.
const NAME: &str = "broker-session";

/// What bash runs around the function of `clap_complete`: bash also splits words at characters like `=` and `:`, and replaces
/// what stands behind the last of them only. Behind `--` stands the command line of another program.
///
/// A reply may be the name of any file, and bash takes it as it stands: here it is quoted, or left out where an open quote
/// does not cover it. A word with quotes inside is left to bash.
const BASH: &str = r#"
_broker_session() {
    local line=${COMP_LINE:0:COMP_POINT} words=() last=-1 i part
    for ((i = 0; i <= COMP_CWORD; i++)); do
        if ((i < COMP_CWORD)) && [[ ${COMP_WORDS[i]} == -- ]]; then
            COMPREPLY=()
            compopt +o nospace -o default
            declare -F _command_offset > /dev/null && _command_offset $((i + 1))
            return
        fi
        part=${COMP_WORDS[i]}
        [[ $i == 0 || $line == [[:space:]]* ]] && words[++last]=
        line=${line#"${line%%[![:space:]]*}"}
        words[last]+=${line:0:${#part}}
        line=${line:${#part}}
    done
    local prefix=${words[last]%"$2"} word=$2 quote= reply replies=() tilde='~/'
    [[ $prefix == *[\"\'] ]] && quote=${prefix: -1} prefix=${prefix%?}
    COMPREPLY=()
    [[ $prefix$word == *[\"\']* ]] && return
    if [[ ! $quote ]]; then
        IFS= read prefix <<< "$prefix"
        IFS= read word <<< "$word"
    fi
    local COMP_WORDS=("${words[@]}") COMP_CWORD=$last
    _clap_complete_broker_session "$1" "$prefix$word" "$3"
    for reply in "${COMPREPLY[@]#"$prefix"}"; do
        case $quote:$reply in
            *[[:cntrl:]]* | \":*[\$\`\"\\!]* | \':*\'*) continue ;;
        esac
        if [[ ! $quote && $reply == "$tilde"?* && $2 == "$tilde"* ]]; then
            printf -v reply '%s%q' "$tilde" "${reply#"$tilde"}"
        elif [[ ! $quote && $reply ]]; then
            printf -v reply %q "$reply"
        fi
        replies+=("$reply")
    done
    COMPREPLY=("${replies[@]}")
}"#;

/// The same for zsh, which splits words as they are. It may load the script as the function of its file's name, at the first
/// completion: that one is made as well.
const ZSH: &str = r#"
function _broker-session() {
    local at=${words[(i)--]}
    if ((at < CURRENT)); then
        words=("${(@)words[at + 1, -1]}")
        ((CURRENT -= at))
        _normal
    else
        # It would quote the tilde.
        [[ $PREFIX == '~/'* ]] && PREFIX=$HOME${PREFIX#'~'} && words[CURRENT]=$PREFIX
        _clap_dynamic_completer_broker_session "$@"
    fi
}
compdef _broker-session broker-session
[[ $funcstack[1] == _broker-session ]] && _broker-session "$@""#;

/// The same for fish.
const FISH: &str = r#"
function __broker_session_program
    set -l line (commandline --current-process --cut-at-cursor | string collect)
    set -l program (string replace --filter --regex '(?s)^.*?\s--\s+' '' -- $line)
    and complete --do-complete "$program"
end
complete --command broker-session --arguments "(__broker_session_program)""#;

/// Print the script with which a shell completes commands, options, brokers, profiles and stored sessions.
///
/// The package for Debian has installed it. Users and profiles come from the config file and from a session store that is a
/// plain file; nothing is decrypted, and no server is asked.
#[derive(Args, Debug)]
#[command(after_long_help = long_help())]
pub(crate) struct CompletionsArgs {
    shell: Shell,
}

/// The shells.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

fn long_help() -> String {
    examples(&[
        "source <(broker-session completions bash)       # in ~/.bashrc",
        "source <(broker-session completions zsh)        # in ~/.zshrc, below compinit",
        "broker-session completions fish | source        # in ~/.config/fish/config.fish",
    ])
}

/// Prints the script.
///
/// # Errors
/// If the output cannot be written.
pub(crate) fn completions(args: &CompletionsArgs, output: Output) -> Result<(), Failure> {
    let (shell, more): (&dyn EnvCompleter, _) = match args.shell {
        Shell::Bash => (&Bash, BASH),
        Shell::Zsh => (&Zsh, ZSH),
        Shell::Fish => (&Fish, FISH),
    };
    let mut script = Vec::new();
    let written = shell.write_registration(VARIABLE, NAME, NAME, NAME, &mut script);
    written.map_err(|error| Failure::other(format!("the script cannot be made: {error}.")))?;
    // bash calls the function around it.
    let script = String::from_utf8_lossy(&script).replace("-F _clap_complete_", "-F _");
    let script = format!("{}\n{more}", script.trim());
    output.result(&json!({ "script": script }), &script)
}

/// Prints what completes the command line, if a script asks for it. Without an exit status nobody has.
pub(crate) fn requested() -> Option<ExitCode> {
    let shells: [&dyn EnvCompleter; 3] = [&Bash, &Zsh, &Fish];
    let complete = CompleteEnv::with_factory(Cli::command).var(VARIABLE).shells(Shells(&shells));
    match complete.try_complete(env::args_os(), env::current_dir().ok().as_deref()) {
        Ok(false) => None,
        Ok(true) => Some(ExitCode::SUCCESS),
        Err(_) => Some(ExitCode::FAILURE),
    }
}

/// The profiles of the config file, and those that stored sessions were made with.
pub(crate) fn profiles() -> Vec<CompletionCandidate> {
    // The one that is being written is none yet.
    let general = General { profile: None, ..general() };
    let path = general.config.clone().or_else(config::default_path);
    let text = path.and_then(|path| config::read(&path).ok()?);
    let of_config = config::profiles(&text.unwrap_or_default()).unwrap_or_default();
    let of_config = of_config.into_iter().map(|name| (name, "a profile of the config file".to_owned()));
    let sessions = stored(general).unwrap_or_default();
    let of_sessions = sessions.iter().filter_map(|stored| {
        let help = format!("the profile of a stored session with {}", stored.session().broker());
        Some((stored.profile()?.to_owned(), help))
    });
    candidates(of_sessions.chain(of_config))
}

/// The users who have a stored session with a broker.
pub(crate) fn users(broker: &Broker) -> Vec<CompletionCandidate> {
    of_stored(broker, |stored| user_of(stored).map(str::to_owned))
}

/// The base URLs of the stored sessions with a broker.
pub(crate) fn base_urls(broker: &Broker) -> Vec<CompletionCandidate> {
    of_stored(broker, |stored| Some(stored.session().base_url().to_owned()))
}

fn of_stored(broker: &Broker, value: fn(&StoredSession) -> Option<String>) -> Vec<CompletionCandidate> {
    let sessions = stored(general()).unwrap_or_default();
    candidates(sessions.iter().filter(|stored| is_of(stored, broker)).filter_map(|stored| {
        let until = end_of(stored).map(|end| format!(", until {end}")).unwrap_or_default();
        Some((value(stored)?, format!("a stored session{until}")))
    }))
}

/// Values, each once, with what they are. One that would not be taken as it stands, by a shell or as the value of an option, is
/// left out: brokers choose the names of users.
fn candidates(values: impl Iterator<Item = (String, String)>) -> Vec<CompletionCandidate> {
    let is_plain = |value: &str| {
        let mut chars = value.chars();
        !value.starts_with('-') && chars.all(|c| c.is_ascii_alphanumeric() || "-_.:/@+".contains(c))
    };
    let values: BTreeMap<_, _> = values.filter(|(value, _)| is_plain(value)).collect();
    values.into_iter().map(|(value, help)| CompletionCandidate::new(value).help(Some(help.into()))).collect()
}

/// The sessions that the command line leads to; none if it is unfinished or wrong.
fn stored(general: General) -> Option<Vec<StoredSession>> {
    // Opening a pipe could wait without end.
    if general.config.as_deref().is_some_and(|path| !path.is_file()) {
        return None;
    }
    let config = Config::load(general.config.as_deref(), general.profile.as_deref()).ok()?;
    let commands = Commands::within(general.timeout);
    let context = Context { output: Output::new(true), general, commands };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().ok()?;
    runtime.block_on(store::sessions_at_hand(&config, &context))
}

/// The options of the command line that is completed, and their variables.
fn general() -> General {
    let words: Vec<OsString> = env::args_os().skip_while(|word| word != "--").skip(1).collect();
    let value = |option: &str, variable: &str| {
        let given = value_of(option, &words).or_else(|| env::var_os(variable));
        given.filter(|value| !value.is_empty())
    };
    General {
        json: false,
        output: None,
        env_file: None,
        profile: value("--profile", "BROKER_SESSION_PROFILE").and_then(|name| name.into_string().ok()),
        config: value("--config", "BROKER_SESSION_CONFIG").map(PathBuf::from),
        store: value("--store", "BROKER_SESSION_STORE").map(PathBuf::from),
        timeout: None,
        verbose: 0,
        log_format: LogFormat::Text,
    }
}

/// The value of an option among the words of an unfinished command line.
fn value_of(option: &str, words: &[OsString]) -> Option<OsString> {
    let at = words
        .iter()
        .position(|word| word.to_str().is_some_and(|word| word.split('=').next() == Some(option)))?;
    match words.get(at)?.to_str()?.split_once('=') {
        Some((_, value)) => Some(value.into()),
        None => words.get(at + 1).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_of_an_unfinished_line_is_found() {
        let found = |line: &str| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            value_of("--store", &words).map(|value| value.into_string().unwrap())
        };
        for line in ["logout --store a --ucc ", "--store=a logout"] {
            assert_eq!(found(line).as_deref(), Some("a"), "{line}");
        }
        assert_eq!(found("logout --stored a"), None);
        assert_eq!(found("logout --store"), None);
    }

    #[test]
    fn what_is_not_taken_as_a_value_is_no_candidate() {
        let names = ["S4MPL", "a b", "$(reboot)", "a`b`", "~", "é", "--json"]
            .map(|name| (name.to_owned(), String::new()));
        let left = candidates(names.into_iter());
        let left: Vec<_> = left.iter().map(|candidate| candidate.get_value().to_str().unwrap()).collect();
        assert_eq!(left, ["S4MPL"]);
    }
}
