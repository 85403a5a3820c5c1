//! `status ibkr`.

use clap::Args;
use serde_json::Value;

use super::{
    report,
    settings::{GatewayArgs, SECRETS, Settings},
};
use crate::{context::Context, failure::Failure, help};

/// Ask how the session is, and what is missing if it cannot be used.
///
/// It is asked once; nothing is kept alive or opened. Whether a person must sign in again may be asked once a
/// minute; until then the last answer holds, also if another run of the program has got it.
#[derive(Args, Debug)]
#[command(after_long_help = help())]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    gateway: GatewayArgs,
}

fn help() -> String {
    let examples = help::examples(&["broker-session status ibkr", "broker-session status ibkr --json"]);
    format!("{SECRETS}\n\nThe exit status is 0 whatever the answer is.\n\n{examples}")
}

/// Asks.
///
/// # Errors
/// If there is no usable answer. A session that is over is an answer.
pub(crate) async fn status(args: StatusArgs, context: &Context) -> Result<(), Failure> {
    let settings = Settings::gather(args.gateway, context).await?;
    let gateway = settings.gateway(context.timeout)?;
    let mut steps = context.steps();
    let what = format!("Asking {}", gateway.base_url());
    let state = settings.call(&mut steps, &what, "iserver_auth_status_post", gateway.look()).await?;
    let mut text = format!("The session at {} is {}.", gateway.base_url(), report::words(&state));
    if let Some(flags) = report::flags(&state) {
        text.push_str(&format!("\n  {flags}"));
    }
    context.output.result(&Value::Object(report::object(&gateway, &state)), &text)
}
