//! `token`: what another program needs for requests with a session, in the form of a credential helper.

use std::io::{self, IsTerminal};

use clap::Args;

use crate::{
    Context,
    access::Access,
    args::examples,
    failure::Failure,
    output::print,
    provided::{HandOn, Provides, obtain},
};

/// What is printed.
const FORM: &str = r#"The object, on one line:
  {"version": 1,
   "broker": "neo",
   "user": "S4MPL",                        the user at the broker; null if it is not known
   "base_url": "https://...",              what the paths of requests are below
   "headers": {"Auth": "...", "Sid": ...}, what each request must have; a gateway has the session itself
   "expires_at": "2026-01-01T18:30:00Z",   when the session ends at the latest; null if it is not known
   "number": 7}                            rises with each session; null if there is none
Further fields may be added. The broker may end a session earlier, with the status 401: then ask again with
`--after NUMBER`."#;

/// Print what another program needs for requests with a session, as JSON.
///
/// Signs in if there is no session that lives; of several runs at once one does. Nobody is asked: where a person is needed it
/// fails with the exit status 14. The secrets of the session are printed, so the output must be read by a program and not be
/// kept.
#[derive(Args, Debug)]
#[command(after_long_help = long_help::<C>())]
pub(crate) struct TokenArgs<C: Provides> {
    /// Print the headers alone, as `Name: value` on a line each.
    #[arg(long)]
    raw: bool,
    /// Get another session than the one with this number, which the broker has refused. Of all runs with the same number one
    /// signs in, and the others get its session.
    #[arg(long, value_name = "NUMBER")]
    after: Option<u64>,
    /// Print to a terminal, too, where others may see it and where it stays in the history.
    #[arg(long, alias = "force")]
    to_terminal: bool,
    #[command(flatten)]
    settings: C,
}

fn long_help<C: Provides>() -> String {
    let name = C::BROKER.name;
    let (json, raw) = (
        format!("broker-session token {name} | jq -r .base_url"),
        format!("broker-session token {name} --raw | curl -H @- https://..."),
    );
    format!("{FORM}\n\n{}\n\n{}", C::secrets(), examples(&[json.as_str(), raw.as_str()]))
}

/// Prints it.
///
/// # Errors
/// If stdout is a terminal, or if there is no session to be had.
pub(crate) async fn token<C: Provides>(args: TokenArgs<C>, context: &Context) -> Result<(), Failure> {
    if args.raw && context.output.is_json() {
        return Err(Failure::config(
            "--raw and --json are two forms of output, and only one can be written. Nothing was sent. Leave one of them out.",
        ));
    }
    if io::stdout().is_terminal() && !args.to_terminal {
        return Err(Failure::config(
            "this prints the secrets of the session, and stdout is a terminal, where others may see them and where they stay in the history. Nothing was sent. Let a program read them through a pipe, or add --to-terminal.",
        ));
    }
    let obtained = obtain(args.settings, HandOn::Headers, args.after, context).await?;
    let access = Access::of(&obtained)?;
    let secret = if args.raw { access.header_lines() } else { access.to_json() };
    print(secret.expose())
}
