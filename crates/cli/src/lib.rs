//! The `broker-session` program: sign in to a broker from a terminal or a script.
//!
//! It is a library so that tests can read any bytes as its files; see [`files`]. It has nothing for other programs.

mod access;
mod args;
mod bounded_file;
mod brokers;
mod certificate;
mod completions;
mod config;
mod config_check;
#[cfg(feature = "sandbox")]
mod demo;
mod doctor;
mod env_file;
mod exec;
mod failure;
mod login;
mod logout;
mod manual;
mod network;
mod new_files;
mod output;
mod private_file;
mod progress;
mod provided;
#[cfg(feature = "sandbox")]
mod sandbox;
mod secret_command;
mod secrets;
mod serve;
mod sessions;
mod settings;
mod signals;
mod store;
mod table;
mod terminal;
mod token;

use std::{
    process::ExitCode,
    time::{Duration, Instant},
};

use args::{Cli, Command, ConfigCommand, General, Session};
use config::Config;
use failure::{Failure, Kind};
use network::DEFAULT_TIMEOUT;
use output::Output;
use progress::Steps;
use secret_command::Commands;
use store::SessionStore;
use terminal::interruptible;

/// What every command runs with: the settings that belong to no broker.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) output: Output,
    pub(crate) general: General,
    /// The commands that print secrets.
    pub(crate) commands: Commands,
}

impl Context {
    /// The profile in use.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        let config = Config::load(self.general.config.as_deref(), self.general.profile.as_deref())?;
        Ok(config.with_commands(&self.commands))
    }

    /// The session store that the settings name.
    pub(crate) async fn store(&self, config: &Config) -> Result<SessionStore, Failure> {
        SessionStore::open(config, self).await
    }

    /// The steps of a command, which share its time.
    pub(crate) fn steps(&self) -> Steps {
        Steps::new(self.output, self.general.timeout.unwrap_or(DEFAULT_TIMEOUT))
    }
}

/// Runs the program with the arguments of the process, and returns its exit status.
pub fn run() -> ExitCode {
    if let Some(status) = completions::requested() {
        return status;
    }
    let cli: Cli = match settings::parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let output = Output::of(cli.general.json, cli.general.output);
    let outcome = match env_file::apply(cli.general.env_file.as_deref()) {
        Ok(None) => perform(cli, output).map(|()| ExitCode::SUCCESS),
        Ok(Some(status)) => Ok(status),
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(status) => status,
        Err(failure) => {
            output.failure(&failure);
            ExitCode::from(failure.exit_status())
        }
    }
}

fn perform(cli: Cli, output: Output) -> Result<(), Failure> {
    output::start_log(cli.general.verbose, cli.general.log_format)?;
    let commands = Commands::within(cli.general.timeout);
    let context = Context { output, general: cli.general, commands };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::other(format!("the program cannot start: {error}.")))?;
    let outcome = runtime.block_on(async {
        match cli.command {
            Command::Login(broker) => interruptible(broker.run(&context)).await,
            Command::Logout(broker) => interruptible(broker.run(&context)).await,
            Command::Status(broker) => interruptible(broker.run(&context)).await,
            Command::Trust(broker) => interruptible(broker.run(&context)).await,
            Command::Doctor(broker) => interruptible(broker.run(&context)).await,
            Command::Setup(broker) => interruptible(broker.run(&context)).await,
            #[cfg(feature = "sandbox")]
            Command::Demo => interruptible(demo::demo(&context)).await,
            Command::Config(ConfigCommand::Check) => interruptible(config_check::check(&context)).await,
            Command::Session(Session::List) => interruptible(sessions::list(&context)).await,
            Command::Token(broker) => interruptible(broker.run(&context)).await,
            // These end in good order by themselves when a signal comes.
            Command::Keepalive(broker) => broker.run(&context).await,
            Command::Exec(broker) => broker.run(&context).await,
            Command::Serve(args) => serve::serve(args, &context).await,
            Command::Completions(args) => completions::completions(&args, output),
            Command::Man(args) => manual::man(&args, output),
            #[cfg(feature = "sandbox")]
            Command::Sandbox(broker) => broker.run(&context).await,
            #[cfg(not(feature = "sandbox"))]
            Command::Sandbox(_) | Command::Demo(_) => Err(args::NotBuilt::failure()),
        }
    });
    if outcome.as_ref().is_err_and(|failure| failure.kind() == Kind::Interrupted) {
        runtime.block_on(finish_tasks());
    }
    // A thread that waits for a person to type must not keep an interrupted program from ending.
    runtime.shutdown_background();
    outcome
}

/// How long an interrupted program may take to give back the right to sign in, for which other runs wait.
const FAREWELL: Duration = Duration::from_millis(500);

/// Lets tasks in the background come to their end.
pub(crate) async fn finish_tasks() {
    let started = Instant::now();
    let tasks = tokio::runtime::Handle::current().metrics();
    while tasks.num_alive_tasks() > 0 && started.elapsed() < FAREWELL {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Reports what clap returns: an error, or the help or the version, which are no failures.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let text = match output::has_colours(&std::io::stdout()) {
            true => error.render().ansi().to_string(),
            false => error.render().to_string(),
        };
        return match output::print(text.trim_end()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => ExitCode::from(failure.exit_status()),
        };
    }
    let own: Vec<_> = std::env::args_os().take_while(|argument| argument != "--").collect();
    let is_form =
        |words: &[std::ffi::OsString]| matches!(words, [name, form] if name == "--output" && form == "json");
    let json =
        own.iter().any(|word| word == "--json" || word == "--output=json") || own.windows(2).any(is_form);
    let output = Output::new(json);
    let text = error.render().to_string();
    let failure = Failure::config(text.trim_start_matches("error: ").trim_end());
    output.failure(&failure);
    ExitCode::from(failure.exit_status())
}

/// The program's files as strings, for tests that make up their content. They are read as the program reads them.
#[doc(hidden)]
pub mod files {
    use broker_session::store::FileStore;

    /// A session store, read and written again.
    ///
    /// # Errors
    /// If it is no session store of a known version: the message of the program.
    pub fn session_store(text: &str) -> Result<String, String> {
        FileStore::rewritten(text).map_err(|error| error.to_string())
    }

    /// The names of the profiles in a config file.
    ///
    /// # Errors
    /// If it cannot be understood: the message of the program.
    pub fn config(text: &str) -> Result<Vec<String>, String> {
        crate::config::profiles(text).map_err(|failure| failure.to_string())
    }

    /// Everything that is wrong with a config file: the messages of the program.
    pub fn config_mistakes(text: &str) -> Vec<String> {
        crate::config::mistakes(text).iter().map(ToString::to_string).collect()
    }
}
