//! `keepalive ibkr`.

use std::{
    io::{self, IsTerminal},
    pin::pin,
    time::Duration,
};

use broker_session::{
    Error, ErrorKind,
    ibkr::{Gateway, SessionState, State, Supervisor, SupervisorBuilder},
};
use clap::Args;
use serde_json::Value;

use super::{
    BROKER,
    logout::{entries_at, left},
    report,
    settings::{CompeteArgs, GatewayArgs, SECRETS, Settings},
    status_line::StatusLine,
};
use crate::{
    context::Context,
    failure::Failure,
    help,
    interrupt::{interruptible, stop},
    network::{self, DEFAULT_TIMEOUT},
    output,
};

/// The period that the broker's idle time-out allows at most, in seconds.
const LONGEST: Duration = Duration::from_secs(300);

/// What a round needs after it has waited until the single sign-on may be asked for.
const AFTER_DOUBT: Duration = Duration::from_secs(10);

/// The period that the broker's rate limit allows at least, in seconds.
const SHORTEST: Duration = Duration::from_secs(1);

/// Keep the session alive, and open the brokerage session again when it is lost, until told to stop (Ctrl-C).
///
/// At a terminal one line says how the session is. Elsewhere there is a line for every change of state, with
/// --json an object. It goes on whatever happens: when a person must sign in again, it waits for that. It ends
/// on SIGINT and SIGTERM, with exit status 0, and leaves the session as it is unless --logout is given.
#[derive(Args, Debug)]
#[command(after_long_help = help())]
pub(crate) struct KeepaliveArgs {
    /// Do one round, write how the session is, and end: with exit status 0 if it can be used.
    #[arg(long, conflicts_with = "logout")]
    once: bool,
    /// The seconds from one call to the next, from 1 to 300.
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = period)]
    every: Duration,
    /// Sign out at the end.
    #[arg(long)]
    logout: bool,
    #[command(flatten)]
    compete: CompeteArgs,
    #[command(flatten)]
    gateway: GatewayArgs,
}

fn help() -> String {
    let examples = help::examples(&[
        "broker-session keepalive ibkr",
        "broker-session keepalive ibkr --json --logout",
        "broker-session keepalive ibkr --once",
    ]);
    format!(
        "{SECRETS}\n\n\
         The exit status of --once: 0 ready, 10 credentials_refused, 13 soft_timeout, 14 login_required, \
         15 competing or refused, 16 penalised, 17 offline, 18 connecting. --timeout limits the round; without --once, each call.\n\n{examples}"
    )
}

fn period(text: &str) -> Result<Duration, String> {
    let period = network::seconds(text)?;
    match (SHORTEST..=LONGEST).contains(&period) {
        true => Ok(period),
        false => Err("not from 1 to 300".to_owned()),
    }
}

/// Keeps the session alive.
///
/// # Errors
/// If it cannot begin, or if the gateway's certificate is not trusted. Nothing else ends it.
pub(crate) async fn keepalive(args: KeepaliveArgs, context: &Context) -> Result<(), Failure> {
    match args.once {
        true => interruptible(once(args, context)).await,
        false => run(args, context).await,
    }
}

async fn once(args: KeepaliveArgs, context: &Context) -> Result<(), Failure> {
    let (settings, gateway, builder) = begin(args, context).await?;
    let mut steps = context.steps();
    let what = format!("Keeping the session alive at {}", gateway.base_url());
    let state = settings.call(&mut steps, &what, "tickle_post", builder.once()).await?;
    if let Some(failure) = settings.failure_of(&gateway, &state).await {
        return Err(failure);
    }
    context.output.result(&Value::Object(report::object(&gateway, &state)), &report::words(&state))?;
    match state.state().kind() {
        None => Ok(()),
        Some(kind) => Err(Failure::shown(kind)),
    }
}

async fn begin(
    args: KeepaliveArgs,
    context: &Context,
) -> Result<(Settings, Gateway, SupervisorBuilder), Failure> {
    let (compete, every) = (args.compete.compete(), args.every);
    let settings = Settings::gather(args.gateway, context).await?;
    let gateway = settings.gateway(context.timeout)?;
    let left = context.timeout.unwrap_or(DEFAULT_TIMEOUT).saturating_sub(AFTER_DOUBT);
    let builder = Supervisor::builder(gateway.clone(), compete).tickle_every(every).doubt_deadline(left);
    Ok((settings, gateway, builder))
}

async fn run(args: KeepaliveArgs, context: &Context) -> Result<(), Failure> {
    let mut stop = pin!(stop()?);
    let logout = args.logout;
    let begun = tokio::select! {
        begun = begin(args, context) => begun?,
        () = &mut stop => return Ok(()),
    };
    let (settings, gateway, builder) = begun;
    let supervisor = builder.start()?;
    let told = tokio::select! {
        told = tell(&supervisor, &settings, &gateway, context) => told,
        () = &mut stop => Ok(()),
    };
    if !logout {
        supervisor.shutdown().await;
        return told;
    }
    // Whoever cannot be told any more still wants the session ended.
    let signed_out = interruptible(sign_out(supervisor, &gateway, context)).await;
    told.and(signed_out)
}

/// Tells every change of state, for as long as anybody reads.
async fn tell(
    supervisor: &Supervisor,
    settings: &Settings,
    gateway: &Gateway,
    context: &Context,
) -> Result<(), Failure> {
    let mut states = supervisor.watch();
    let mut display = Display::new(context.output.is_json());
    loop {
        let state = states.borrow_and_update().clone();
        if !display.show(gateway, &state)? {
            return Ok(());
        }
        if let Some(failure) = settings.failure_of(gateway, &state).await {
            return Err(failure);
        }
        if states.changed().await.is_err() {
            return Ok(());
        }
    }
}

/// Where changes of state are told.
struct Display {
    json: bool,
    line: Option<StatusLine>,
    last: Option<State>,
}

impl Display {
    fn new(json: bool) -> Self {
        let is_watched = !json && io::stdout().is_terminal();
        let line = if is_watched { StatusLine::new() } else { None };
        Self { json, line, last: None }
    }

    /// Shows a state. Says whether there still is somebody to show it to.
    fn show(&mut self, gateway: &Gateway, state: &SessionState) -> Result<bool, Failure> {
        let is_new = self.last.as_ref() != Some(state.state());
        self.last = Some(state.state().clone());
        match &self.line {
            Some(line) => {
                line.show(report::words(state));
                if is_new {
                    line.restart();
                }
                Ok(true)
            }
            // The reason may change while the state stays.
            None if !is_new => Ok(true),
            None if self.json => output::print_to_reader(&report::event(gateway, state).to_string()),
            None => output::print_to_reader(&report::line(state)),
        }
    }
}

/// Ends the session, and removes what is stored of it. That it is over already is as good.
async fn sign_out(supervisor: Supervisor, gateway: &Gateway, context: &Context) -> Result<(), Failure> {
    let what = format!("Signing out at {}", gateway.base_url());
    let logout = async {
        match supervisor.logout().await {
            Err(error) if is_over(&error) => Ok(()),
            outcome => outcome,
        }
    };
    context.steps().run(&what, BROKER.logout, logout).await?;
    context.output.note(left(gateway.single_sign_on().await).text);
    let store = context.store()?;
    entries_at(gateway.base_url(), &store)?.iter().try_for_each(|entry| store.remove(entry))
}

fn is_over(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::SessionExpired | ErrorKind::LoginRequired)
}
