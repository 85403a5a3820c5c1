//! `keepalive ibkr`.

use std::{
    io::{self, IsTerminal},
    pin::pin,
    time::Duration,
};

use broker_session::{
    ErrorKind,
    ibkr::{Client, SessionState, State, Supervisor, SupervisorBuilder},
};
use clap::Args;
use serde_json::Value;

use super::{
    remains,
    settings::{CompeteArgs, GatewayArgs, GatewaySettings, secrets},
    status::{description, event, fields, line},
};
use crate::{
    Context,
    args::examples,
    failure::Failure,
    network::{DEFAULT_TIMEOUT, seconds},
    output::print_to_reader,
    progress::StatusLine,
    store::SessionStore,
    terminal::{interruptible, stop},
};

/// The shortest period that the broker's rate limit allows.
const MIN_PERIOD: Duration = Duration::from_secs(1);

/// The longest period that the broker's idle time-out allows.
const MAX_PERIOD: Duration = Duration::from_secs(300);

/// The time that a round needs after it has waited until the single sign-on may be asked for.
const TIME_AFTER_VALIDATION: Duration = Duration::from_secs(10);

/// Keep the session alive, and open the brokerage session again when it is lost, until a signal ends it (Ctrl-C).
///
/// At a terminal one line shows the state of the session. Elsewhere there is a line for every change of state, with
/// --json an object. It goes on whatever happens: when a person must sign in again, it waits for that. It ends
/// on SIGINT and SIGTERM, with exit status 0, and leaves the session as it is unless --logout is given.
#[derive(Args, Debug)]
#[command(after_long_help = long_help())]
pub(crate) struct KeepaliveArgs {
    /// Do one round, write the state of the session, and end: with exit status 0 if it can be used.
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

fn long_help() -> String {
    let examples = examples(&[
        "broker-session keepalive ibkr",
        "broker-session keepalive ibkr --json --logout",
        "broker-session keepalive ibkr --once",
    ]);
    format!(
        "{}\n\n\
         The exit status of --once: 0 ready, 10 credentials_refused, 13 soft_timeout, 14 login_required, \
         15 competing or refused, 16 penalised, 17 offline, 18 connecting. --timeout limits the round; without --once, each call.\n\n{examples}",
        secrets()
    )
}

fn period(text: &str) -> Result<Duration, String> {
    let period = seconds(text)?;
    if (MIN_PERIOD..=MAX_PERIOD).contains(&period) { Ok(period) } else { Err("not from 1 to 300".to_owned()) }
}

/// Keeps the session alive.
///
/// # Errors
/// If it cannot begin, or if the gateway's certificate is not trusted. Nothing else ends it.
pub(crate) async fn keepalive(args: KeepaliveArgs, context: &Context) -> Result<(), Failure> {
    if args.once { interruptible(once(args, context)).await } else { run(args, context).await }
}

async fn once(args: KeepaliveArgs, context: &Context) -> Result<(), Failure> {
    let (settings, client, builder) = begin(args, context).await?;
    let mut steps = context.steps();
    let what = format!("Keeping the session alive at {}", client.base_url());
    let state = settings.call(&mut steps, &what, builder.run_once()).await?;
    if let Some(failure) = settings.failure_of(&state).await {
        return Err(failure);
    }
    context.output.result(&Value::Object(fields(&client, &state)), &description(&state))?;
    match state.state().kind() {
        None => Ok(()),
        Some(kind) => Err(Failure::shown(kind)),
    }
}

async fn begin(
    args: KeepaliveArgs,
    context: &Context,
) -> Result<(GatewaySettings, Client, SupervisorBuilder), Failure> {
    let (compete, every, timeout) = (args.compete.compete(), args.every, context.general.timeout);
    let settings = args.gateway.resolve(context, timeout).await?;
    let client = settings.client()?;
    let left = timeout.unwrap_or(DEFAULT_TIMEOUT).saturating_sub(TIME_AFTER_VALIDATION);
    let builder = Supervisor::builder(client.clone(), compete).tickle_every(every).validation_deadline(left);
    Ok((settings, client, builder))
}

async fn run(args: KeepaliveArgs, context: &Context) -> Result<(), Failure> {
    let mut stop = pin!(stop()?);
    let logout = args.logout;
    let begun = async {
        let store = context.store(&context.config()?).await?;
        Ok::<_, Failure>((store, begin(args, context).await?))
    };
    let begun = tokio::select! {
        begun = begun => begun?,
        () = &mut stop => return Ok(()),
    };
    let (store, (settings, client, builder)) = begun;
    let supervisor = builder.start()?;
    let reported = tokio::select! {
        reported = report_changes(&supervisor, &settings, &client, context) => reported,
        () = &mut stop => Ok(()),
    };
    if !logout {
        supervisor.shutdown().await;
        return reported;
    }
    // Also if the changes could not be reported to the end.
    let signed_out = interruptible(sign_out(supervisor, &client, &store, context)).await;
    reported.and(signed_out)
}

/// Reports every change of state, for as long as there is a reader.
async fn report_changes(
    supervisor: &Supervisor,
    settings: &GatewaySettings,
    client: &Client,
    context: &Context,
) -> Result<(), Failure> {
    let mut states = supervisor.subscribe();
    let mut display = StateDisplay::new(context.output.is_json());
    loop {
        let state = states.borrow_and_update().clone();
        if !display.show(client, &state)? {
            return Ok(());
        }
        if let Some(failure) = settings.failure_of(&state).await {
            return Err(failure);
        }
        if states.changed().await.is_err() {
            return Ok(());
        }
    }
}

/// Where changes of state are shown.
struct StateDisplay {
    json: bool,
    line: Option<StatusLine>,
    last: Option<State>,
}

impl StateDisplay {
    fn new(json: bool) -> Self {
        let is_watched = !json && io::stdout().is_terminal();
        let line = if is_watched { StatusLine::new() } else { None };
        Self { json, line, last: None }
    }

    /// Shows a state. Returns whether there still is a reader.
    fn show(&mut self, client: &Client, state: &SessionState) -> Result<bool, Failure> {
        let is_new = self.last.as_ref() != Some(state.state());
        self.last = Some(state.state().clone());
        if let Some(line) = &self.line {
            line.show(description(state));
            if is_new {
                line.restart();
            }
            return Ok(true);
        }
        // The reason may change while the state stays.
        if !is_new {
            return Ok(true);
        }
        print_to_reader(&if self.json { event(client, state).to_string() } else { line(state) })
    }
}

/// Ends the session, and removes it from the store. A session that is over already is no failure.
async fn sign_out(
    supervisor: Supervisor,
    client: &Client,
    store: &SessionStore,
    context: &Context,
) -> Result<(), Failure> {
    let what = format!("Signing out at {}", client.base_url());
    let logout = async {
        match supervisor.logout().await {
            Err(error) if matches!(error.kind(), ErrorKind::SessionExpired | ErrorKind::LoginRequired) => {
                Ok(())
            }
            outcome => outcome,
        }
    };
    context.steps().run(&what, logout).await?;
    context.output.note(remains(client).await.text);
    let shared = client.shared_session(store.shared());
    if let Some(stored) = shared.load().await? {
        shared.sign_out(stored.number()).await?;
    }
    Ok(())
}
