//! The `broker-session` program: sign in to a broker from a terminal or a script.
//!
//! It is a library so that tests can feed its readers of files with whatever bytes they like; see [`files`]. There is
//! nothing in it for other programs.

mod args;
mod brokers;
mod config;
mod context;
mod demo;
mod environment;
mod failure;
mod faults;
#[doc(hidden)]
pub mod files;
mod guess;
mod help;
mod interrupt;
mod log;
mod login;
mod logout;
mod network;
mod output;
mod private_file;
mod progress;
mod sandbox;
mod secrets;
mod servers;
mod session_show;
mod setting;
mod store;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command, Session};
use context::Context;
use failure::Failure;
use interrupt::interruptible;
use output::Output;

/// Runs the program with the arguments that the process was given, and says how it is to end.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    let output = Output::new(cli.general.json);
    match perform(cli, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output.failure(&failure);
            ExitCode::from(failure.exit_status())
        }
    }
}

fn perform(cli: Cli, output: Output) -> Result<(), Failure> {
    log::start(cli.general.verbose)?;
    let context = Context {
        output,
        config: cli.general.config,
        profile: cli.general.profile,
        store: cli.general.store,
        timeout: cli.general.timeout,
    };
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
            Command::Demo => interruptible(demo::demo(&context)).await,
            Command::Session(Session::Show) => session_show::session_show(&context),
            // These end in good order when they are told to stop.
            Command::Keepalive(broker) => broker.run(&context).await,
            Command::Sandbox(broker) => broker.run(&context).await,
        }
    });
    // A thread that waits for somebody to type must not keep an interrupted program from ending.
    runtime.shutdown_background();
    outcome
}

/// Reports what clap has found: help and version are no failures.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return match output::print(error.render().to_string().trim_end()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(failure) => ExitCode::from(failure.exit_status()),
        };
    }
    let json = std::env::args_os().any(|argument| argument == "--json");
    let output = Output::new(json);
    let text = error.render().to_string();
    let failure = Failure::config(text.trim_start_matches("error: ").trim_end());
    output.failure(&failure);
    ExitCode::from(failure.exit_status())
}
