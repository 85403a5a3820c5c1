//! `logout neo`.

use broker_session::Secret;
use clap::Args;

use super::{
    BROKER,
    settings::{ClientArgs, Settings},
};
use crate::{
    context::Context,
    failure::Failure,
    help,
    logout::{self, EndArgs, Named},
    secrets::Missing,
};

/// Sign out of Kotak Neo and remove the session from the store.
///
/// The call goes to where the session lives, whatever the base URL of the settings. It needs nothing but the stored
/// session. If the broker cannot be reached or does not end it, the session stays in the store; `--forget`
/// removes it all the same.
#[derive(Args, Debug)]
#[command(after_long_help = help())]
pub(crate) struct LogoutArgs {
    #[command(flatten)]
    client: ClientArgs,
    #[command(flatten)]
    end: EndArgs,
}

fn help() -> String {
    help::examples(&["broker-session logout neo", "broker-session logout neo --ucc S4MPL --json"])
}

/// Signs out.
///
/// # Errors
/// If there is no session or it was over, or if the broker does not end it.
pub(crate) async fn logout(args: LogoutArgs, context: &Context) -> Result<(), Failure> {
    let user = args.client.ucc(&context.config()?)?;
    logout::logout(
        &BROKER,
        Named { user, flag: "--ucc", end: args.end },
        context,
        async |saved, config, _| {
            let mut missing = Missing::new(config);
            let mut settings = Settings::for_session(args.client, config, saved.user(), &mut missing).await?;
            missing.check()?;
            settings.allow_home(&saved);
            let client = |settings: &Settings| settings.client(Secret::default(), context.timeout);
            // An access token that cannot be one is no reason to keep a session.
            let client = client(&settings).or_else(|_| client(&settings.without_access_token()))?;
            Ok(client.resume(saved)?)
        },
    )
    .await
}
