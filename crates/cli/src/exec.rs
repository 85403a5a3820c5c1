//! `exec`: a program with a session in its environment, and without what a sign-in takes.

mod child;
mod proxy;

use std::{env, ffi::OsString, process::Command};

use broker_session::Secret;
use clap::Args;

use self::proxy::Proxy;

use crate::{
    Context,
    access::{Access, HEADER_PREFIX, VARIABLES},
    args::{examples, table},
    brokers, env_file,
    failure::Failure,
    network,
    provided::{HandOn, Provides, obtain},
    secrets::SUFFIXES,
    store,
    terminal::interruptible,
};

/// Run a program with a session in its environment.
///
/// Signs in if there is no session that lives; of several runs at once one does. Nobody is asked: where a person is needed it
/// fails with the exit status 14, and the program does not run. The program gets the variables below. What a sign-in takes
/// (passwords, codes, keys, the key of the session store) is not in its environment. The session stays when the program ends.
#[derive(Args, Debug)]
// The network's own option of that name has another one here.
#[command(after_long_help = long_help::<C>(), mut_arg("proxy", |arg| arg.long("http-proxy")))]
pub(crate) struct ExecArgs<C: Provides> {
    /// Give the program the address of a local proxy that puts the session on its requests, in place of the session itself.
    /// The proxy ends with the program. One on the way to the broker is named with `--http-proxy`.
    #[arg(id = "local_proxy", long = "proxy")]
    proxy: bool,
    #[command(flatten)]
    settings: C,
    /// The program and its arguments.
    #[arg(last = true, required = true, value_name = "PROGRAM")]
    program: Vec<OsString>,
}

fn long_help<C: Provides>() -> String {
    let name = C::BROKER.name;
    let header = format!("{HEADER_PREFIX}NAME");
    let mut variables = VARIABLES.to_vec();
    variables.insert(5, (&header, "Each header; its name in capitals, with _ for -."));
    let variables = table("Variables of the program:", &variables);
    let (one, other) = (
        format!("broker-session exec {name} -- python3 orders.py"),
        format!("broker-session exec {name} --profile two -- sh -c 'curl \"$BROKER_SESSION_BASE_URL/...\"'"),
    );
    format!(
        "{variables}\n\nThe exit status is the program's; 128 and the number of a signal that has ended it; 127 if there is no such program, and 126 if it cannot be started; or one of `broker-session --help` if there is no session. SIGINT, SIGTERM and SIGHUP reach the program.\n\n{}\n\n{}",
        C::secrets(),
        examples(&[one.as_str(), other.as_str()])
    )
}

/// Runs the program.
///
/// # Errors
/// If there is no session to be had, or if the program cannot be started; the exit status of the program, if it is not 0.
pub(crate) async fn exec<C: Provides>(args: ExecArgs<C>, context: &Context) -> Result<(), Failure> {
    let hand_on = if args.proxy { HandOn::Requests } else { HandOn::Headers };
    let obtained = interruptible(obtain(args.settings, hand_on, None, context)).await?;
    if !args.proxy {
        let command = command(args.program, Access::of(&obtained)?.variables())?;
        return child::run(command, obtained.provided).await;
    }
    let proxy = Proxy::open(&obtained).await?;
    let command = command(args.program, proxy.variables(&obtained))?;
    child::beside(command, proxy.serve(context.output)).await
}

/// The program, with these variables and without what a sign-in takes.
fn command(mut program: Vec<OsString>, variables: Vec<(String, Secret)>) -> Result<Command, Failure> {
    if program.is_empty() {
        return Err(Failure::config("no program is named. Write it behind `--`."));
    }
    let arguments = program.split_off(1);
    let mut command = Command::new(program.remove(0));
    command.args(arguments);
    for name in hidden() {
        command.env_remove(name);
    }
    command.envs(variables.iter().map(|(name, value)| (name, value.expose())));
    Ok(command)
}

/// The variables with what a sign-in and the store take, and those that lead to it.
pub(crate) fn credentials() -> Vec<String> {
    let of_brokers = brokers::ALL.iter().flat_map(|broker| (broker.secrets)());
    let secrets = of_brokers.chain(store::VARIABLES.map(|(name, _)| name)).chain([network::PROXY_PASSWORD]);
    let suffixes = || [""].into_iter().chain(SUFFIXES);
    let secrets = secrets.flat_map(|name| suffixes().map(move |suffix| format!("{name}{suffix}")));
    secrets.chain(env_file::VARIABLES.map(str::to_owned)).collect()
}

/// The variables that the program must not have: what a sign-in and the store take, everything from the env file, and a
/// session of another `exec`.
pub(crate) fn hidden() -> Vec<OsString> {
    let of_session = VARIABLES.map(|(name, _)| name.to_owned());
    let names = credentials().into_iter().chain(env_file::names()).chain(of_session).map(OsString::from);
    let of_headers = env::vars_os().map(|(name, _)| name);
    let of_headers = of_headers.filter(|name| name.to_string_lossy().starts_with(HEADER_PREFIX));
    names.chain(of_headers).collect()
}
