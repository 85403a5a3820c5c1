//! `logout kotak`.

use clap::Args;

use super::{
    BROKER,
    settings::{CLIENT_SECRETS, ClientArgs, Settings},
};
use crate::{
    context::Context,
    failure::Failure,
    help,
    logout::{self, EndArgs, Named},
    secrets::Missing,
};

/// Sign out of Kotak Securities and remove the session from the store.
///
/// The call goes to where the session lives, whatever the base URL of the settings. It needs the consumer key
/// and the access token (or the consumer secret), but no password. If the broker cannot be reached or does not
/// end it, the session stays in the store; `--forget` removes it all the same.
#[derive(Args, Debug)]
#[command(after_long_help = help())]
pub(crate) struct LogoutArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(flatten)]
    end: EndArgs,
}

fn help() -> String {
    help::help(
        &[&CLIENT_SECRETS],
        &["broker-session logout kotak", "broker-session logout kotak --userid S4MPL3 --json"],
    )
}

/// Signs out.
///
/// # Errors
/// If there is no session or it was over, or if the broker does not end it.
pub(crate) async fn logout(args: LogoutArgs, context: &Context) -> Result<(), Failure> {
    let user = args.client.userid(&context.config()?)?;
    logout::logout(
        &BROKER,
        Named { user, flag: "--userid", end: args.end },
        context,
        async |saved, config, steps| {
            let mut missing = Missing::new(config);
            let mut settings = Settings::gather(args.client, config, saved.user(), &mut missing).await?;
            missing.check()?;
            settings.allow_home(&saved);
            let client = settings.authorised(settings.client(context.timeout)?, steps).await?;
            Ok(client.resume(saved)?)
        },
    )
    .await
}
