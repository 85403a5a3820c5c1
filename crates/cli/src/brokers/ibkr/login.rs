//! `login ibkr`.

use std::time::Duration;

use broker_session::{
    ErrorKind, Session,
    ibkr::{Gateway, SessionState, State, Supervisor},
};
use clap::Args;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    BROKER,
    logout::entries_at,
    report,
    settings::{CompeteArgs, GatewayArgs, SECRETS, Settings},
    status_line::StatusLine,
};
use crate::{context::Context, failure::Failure, help, login::Begun, output::Output};

/// How long to wait for a person to sign in, unless told.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// How often to look whether the person has signed in.
const PERIOD: Duration = Duration::from_secs(5);

/// The name of the user is good to know, but not worth waiting for: it may be asked for once a minute.
const FOR_THE_NAME: Duration = Duration::from_secs(3);

/// How long to look at the certificate before a person is asked to open the page. What takes longer shows afterwards.
const FOR_THE_CERTIFICATE: Duration = Duration::from_secs(5);

/// What a person reads at the end.
const NEXT: &str =
    "It times out in some minutes without use. To keep it alive run: broker-session keepalive ibkr";

/// Wait until a person has signed in at the gateway's page, and the session can be used.
///
/// Only a person can sign in to Interactive Brokers, in a browser. The program prints the address to open, waits,
/// and opens the brokerage session then. It notes in the store that there is a session; the gateway has it, for whoever
/// can reach it.
#[derive(Args, Debug)]
#[command(after_long_help = help())]
pub(crate) struct LoginArgs {
    #[command(flatten)]
    compete: CompeteArgs,
    #[command(flatten)]
    gateway: GatewayArgs,
}

fn help() -> String {
    let examples =
        help::examples(&["broker-session login ibkr", "broker-session login ibkr --timeout 60 --json"]);
    format!("{SECRETS}\n\n--timeout says how long to wait for the person [default: 300].\n\n{examples}")
}

/// Waits until the session can be used.
///
/// # Errors
/// What is missing when the time is over; at once if the gateway's certificate is not trusted, or if the gateway refuses
/// what is sent.
pub(crate) async fn login(args: LoginArgs, context: &Context) -> Result<(), Failure> {
    let (config, store) = (context.config()?, context.store()?);
    store.check()?;
    let compete = args.compete.compete();
    let settings = Settings::gather(args.gateway, context).await?;
    // The time is for the person; each call has the library's deadlines.
    let gateway = settings.gateway(None)?;
    // A page that nobody vouches for is not one to sign in at.
    if let Ok(Some(failure)) = timeout(FOR_THE_CERTIFICATE, settings.hopeless(&gateway)).await {
        return Err(failure);
    }
    if let Some(url) = gateway.login_url() {
        context
            .output
            .note(&format!("Open {url} in a browser and sign in, unless you are signed in already."));
    }
    let supervisor = Supervisor::builder(gateway.clone(), compete).tickle_every(PERIOD).start()?;
    let outcome = tokio::select! {
        outcome = supervisor.ready(context.timeout.unwrap_or(DEFAULT_TIMEOUT)) => outcome,
        failure = watch(&supervisor, &settings, &gateway, context.output) => return Err(failure),
    };
    // How it stood with it when the time was over; an error only says what to do about it.
    let state = outcome.map_err(|error| explained(error, &supervisor.state()))?;
    supervisor.shutdown().await;
    // Whose session it is, and since when; the gateway then knows it.
    let _ = timeout(FOR_THE_NAME, gateway.validate()).await;
    // Where that was asked for within the minute, an earlier run has noted it.
    if gateway.user().is_none()
        && let Some(entry) = entries_at(gateway.base_url(), &store)?.pop()
    {
        // An entry of another form of the address is of no use; nothing depends on it.
        let _ = gateway.resume(entry.session);
    }
    let begun = Begun { broker: &BROKER, profile: &config.name, store: &store };
    let entry = begun
        .store(&gateway, &context.steps())
        .map_err(|failure| failure.with_note("The session at the gateway can be used all the same."))?;
    let mut members = report::object(&gateway, &state);
    members.insert("login_url".to_owned(), json!(gateway.login_url()));
    begun.report(&entry, Value::Object(members), Some(NEXT), context)
}

/// Shows how it stands, for ever; gives up where waiting cannot help.
async fn watch(supervisor: &Supervisor, settings: &Settings, gateway: &Gateway, output: Output) -> Failure {
    let mut states = supervisor.watch();
    let line = StatusLine::new();
    loop {
        let state = states.borrow_and_update().clone();
        match &line {
            Some(line) => line.show(report::words(&state)),
            None => output.note(&report::words(&state)),
        }
        if let Some(failure) = settings.failure_of(gateway, &state).await {
            return failure;
        }
        if matches!(state.state(), State::Refused | State::CredentialsRefused)
            && let Some(failure) = refused(supervisor, gateway).await
        {
            return failure;
        }
        if states.changed().await.is_err() {
            // The supervisor ends only together with the command.
            std::future::pending::<()>().await;
        }
    }
}

/// The failure where the gateway refuses what this program sends, if it does so when it is asked once more. No waiting
/// changes that.
async fn refused(supervisor: &Supervisor, gateway: &Gateway) -> Option<Failure> {
    match gateway.look().await {
        Ok(state) if *state.state() == State::Refused => {
            supervisor.ready(Duration::ZERO).await.err().map(Failure::from)
        }
        Err(error) if matches!(error.kind(), ErrorKind::Refused | ErrorKind::Credentials) => {
            Some(error.into())
        }
        _ => None,
    }
}

fn explained(error: broker_session::Error, state: &SessionState) -> Failure {
    let failure = Failure::from(error);
    match state.state() {
        State::Competing if failure.is(ErrorKind::Refused) => {
            failure.with_note("End the session there, or throw it out with --compete.")
        }
        _ => failure,
    }
}
