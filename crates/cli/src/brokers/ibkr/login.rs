//! `login ibkr`.

use std::time::Duration;

use broker_session::{
    ErrorKind, SharedSession,
    ibkr::{Client, Compete, Session, SessionState, State, Supervisor},
};
use clap::Args;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::{
    BROKER,
    settings::{CompeteArgs, GatewayArgs, GatewaySettings, secrets},
    status::{description, fields},
};
use crate::{
    Context,
    args::examples,
    failure::Failure,
    login::{Again, SignIn, give_back},
    output::{Output, host_of},
    progress::{StatusLine, Steps},
};

/// How long to wait for a person to sign in, by default.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5 * 60);

/// How often to ask whether the person has signed in.
const TICKLE_PERIOD: Duration = Duration::from_secs(5);

/// How long to wait for the name of the user, which nothing depends on: it may be asked for once a minute.
const NAME_TIMEOUT: Duration = Duration::from_secs(3);

/// How long to check the certificate before a person is asked to open the page.
const CERTIFICATE_TIMEOUT: Duration = Duration::from_secs(5);

/// What a person can do at the end.
const NEXT: &str =
    "It times out in some minutes without use. To keep it alive run: broker-session keepalive ibkr";

/// Sign in with OAuth; or wait until a person has signed in at the gateway's page.
///
/// With the settings of OAuth the program signs in by itself: it gets a token, opens the brokerage session and stores the
/// token. Without them only a person can sign in, in a browser, at a gateway: the program prints the address to open,
/// waits, and then opens the brokerage session. It notes in the store that there is a session. The gateway has the
/// session, for everybody who can reach it.
///
/// With OAuth a session that lives is reported, and nothing is sent. Of several runs at once one signs in; the others wait for
/// it.
#[derive(Args, Debug)]
#[command(after_long_help = long_help())]
pub(crate) struct LoginArgs {
    /// With OAuth: sign in anew, also if there is a session that lives.
    #[arg(long)]
    renew: bool,
    #[command(flatten)]
    compete: CompeteArgs,
    #[command(flatten)]
    gateway: GatewayArgs,
}

fn long_help() -> String {
    let examples = examples(&["broker-session login ibkr", "broker-session login ibkr --timeout 60 --json"]);
    format!(
        "{}\n\n--timeout is the time to wait for the person [default: 300; with OAuth, where there is none, 60].\n\n{examples}",
        secrets()
    )
}

/// Waits until the session can be used.
///
/// # Errors
/// If something is still missing when the time is over; at once if the gateway's certificate is not trusted, or if the
/// gateway refuses the calls.
pub(crate) async fn login(args: LoginArgs, context: &Context) -> Result<(), Failure> {
    let config = context.config()?;
    let store = context.store(&config).await?;
    store.check().await?;
    let compete = args.compete.compete();
    // The time is for the person; each call has the library's deadlines.
    let settings = args.gateway.resolve(context, None).await?;
    let client = settings.client()?;
    // A session that lives may be one that the user has elsewhere by now.
    let renew = args.renew || compete == Compete::TakeOver || !client.has_oauth();
    let again = Again { renew, send_again: false };
    let sign_in = SignIn { broker: &BROKER, profile: &config.name, store: &store, again, context };
    let shared = client.shared_session(store.shared());
    if client.has_oauth() {
        if let Some(stored) = shared.load().await?
            && sign_in.is_enough(&stored)
        {
            return sign_in.already(&stored, json!({ "state": null }));
        }
        return by_itself(&settings, &client, compete, &shared, sign_in).await;
    }
    // A person must not sign in at a page whose certificate is not trusted.
    let certificate = async {
        let failure = Failure::from(client.auth_status().await.err()?);
        settings.certificate_failure(&failure).await
    };
    if let Ok(Some(failure)) = timeout(CERTIFICATE_TIMEOUT, certificate).await {
        return Err(failure);
    }
    if let Some(url) = client.login_url() {
        context
            .output
            .note(&format!("Open {url} in a browser and sign in, unless you are signed in already."));
    }
    let supervisor = Supervisor::builder(client.clone(), compete).tickle_every(TICKLE_PERIOD).start()?;
    let outcome = tokio::select! {
        outcome = supervisor.wait_until_ready(context.general.timeout.unwrap_or(DEFAULT_TIMEOUT)) => outcome,
        failure = watch(&supervisor, &settings, &client, context.output) => return Err(failure),
    };
    // The state when the time was over; the error only contains what to do about it.
    let state = outcome.map_err(|error| explained(error, &supervisor.state()))?;
    supervisor.shutdown().await;
    // The client then knows the user and the login time.
    let _ = timeout(NAME_TIMEOUT, client.validate_sso()).await;
    let mut session = client.unverified_session();
    // If it was asked for within the minute, an earlier run has noted it.
    if session.user().is_empty()
        && let Some(stored) = shared.load().await?
    {
        session = client.resume(stored.session().clone()).unwrap_or(session);
    }
    let storing = async {
        let lease = sign_in.lease_anew(&shared, &mut context.steps()).await?;
        sign_in.store(session.save(), lease).await
    };
    let stored = storing.await.map_err(|failure: Failure| {
        failure.with_note("The session at the gateway can be used all the same.")
    })?;
    let mut fields = fields(&client, &state);
    fields.insert("login_url".to_owned(), json!(client.login_url()));
    sign_in.report(&stored, Value::Object(fields), Some(NEXT))
}

/// Signs in without a person.
async fn by_itself(
    settings: &GatewaySettings,
    client: &Client,
    compete: Compete,
    shared: &SharedSession,
    sign_in: SignIn<'_>,
) -> Result<(), Failure> {
    let mut steps = sign_in.context.steps();
    let Some(lease) = sign_in.lease(shared, &mut steps, json!({ "state": null })).await? else {
        return Ok(());
    };
    match open(settings, &client.unshared(), compete, &mut steps).await {
        Ok(session) => {
            let stored = sign_in.store(session.save(), lease).await.map_err(|failure| {
                failure.with_note("The brokerage session is open all the same; it times out without use.")
            })?;
            sign_in.report(&stored, json!({ "state": State::Ready.name() }), Some(NEXT))
        }
        // When the session may be opened again, all runs know without the store; and --compete may do so at once.
        Err(failure) if failure.retry_after().is_some() => {
            lease.release().await;
            Err(failure)
        }
        Err(failure) => {
            give_back(lease, &failure).await;
            Err(failure)
        }
    }
}

/// Gets a token, and opens the brokerage session.
async fn open(
    settings: &GatewaySettings,
    client: &Client,
    compete: Compete,
    steps: &mut Steps,
) -> Result<Session, Failure> {
    let host = host_of(client.base_url());
    let what = format!("Getting a token at {host}");
    settings.call(steps, &what, client.renew_authorization()).await?;
    let what = format!("Opening the brokerage session at {host}");
    loop {
        let failure = match settings.call(steps, &what, client.login(compete)).await {
            Ok(session) => return Ok(session),
            Err(failure) => failure,
        };
        // An opening must wait after the last one, also that of another run; every call for the end of a penalty.
        let Some(wait) = failure.retry_after().filter(|wait| *wait < steps.left()) else {
            return Err(failure);
        };
        // The reason also says for how long.
        let (why, _) = failure.explained();
        let what = format!("Waiting: {}", why.trim_end_matches('.'));
        let waiting = async {
            sleep(wait).await;
            Ok(())
        };
        steps.run(&what, waiting).await?;
    }
}

/// Shows the state for as long as the command waits. Returns the failure if waiting cannot help.
async fn watch(
    supervisor: &Supervisor,
    settings: &GatewaySettings,
    client: &Client,
    output: Output,
) -> Failure {
    let mut states = supervisor.subscribe();
    let line = StatusLine::new();
    loop {
        let state = states.borrow_and_update().clone();
        match &line {
            Some(line) => line.show(description(&state)),
            None => output.note(&description(&state)),
        }
        if let Some(failure) = settings.failure_of(&state).await {
            return failure;
        }
        if matches!(state.state(), State::Refused | State::CredentialsRefused)
            && let Some(failure) = refused(supervisor, client).await
        {
            return failure;
        }
        if states.changed().await.is_err() {
            // The supervisor ends only together with the command.
            std::future::pending::<()>().await;
        }
    }
}

/// The failure if the gateway refuses the calls of this program, and does so when it is asked once more. Waiting cannot
/// help then.
async fn refused(supervisor: &Supervisor, client: &Client) -> Option<Failure> {
    match client.diagnose().await {
        Ok(state) if *state.state() == State::Refused => {
            supervisor.wait_until_ready(Duration::ZERO).await.err().map(Failure::from)
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
