//! `logout ibkr`.

use broker_session::ErrorKind;
use clap::Args;
use serde_json::json;

use super::{
    NAME,
    settings::{GatewayArgs, SECRETS, Settings},
};
use crate::{context::Context, failure::Failure, interrupt::interruptible};

/// Sign out at the gateway: the single sign-on ends, and with it the brokerage session.
///
/// After that a person must sign in again before anything else works.
#[derive(Args, Debug)]
#[command(after_long_help = help())]
pub(crate) struct LogoutArgs {
    #[command(flatten)]
    gateway: GatewayArgs,
}

fn help() -> String {
    format!("{SECRETS}\n\nExamples:\n  broker-session logout ibkr\n  broker-session logout ibkr --json")
}

/// Signs out.
///
/// # Errors
/// If the session was over, or if the broker does not end it.
pub(crate) async fn logout(args: LogoutArgs, context: &Context) -> Result<(), Failure> {
    interruptible(run(args, context)).await
}

async fn run(args: LogoutArgs, context: &Context) -> Result<(), Failure> {
    let settings = Settings::gather(args.gateway, context).await?;
    let gateway = settings.gateway(context.timeout)?;
    let mut steps = context.steps();
    let base_url = gateway.base_url();
    let what = format!("Signing out at {base_url}");
    match settings.call(&mut steps, &what, "logout_post", gateway.logout()).await {
        // Whichever way the gateway says so: it was over before.
        Err(failure) if failure.is(ErrorKind::LoginRequired) => {
            return Err(failure.understood_as(ErrorKind::SessionExpired));
        }
        outcome => outcome?,
    }
    let json = json!({ "broker": NAME, "base_url": base_url });
    context.output.result(&json, &format!("Signed out of Interactive Brokers at {base_url}."))
}
