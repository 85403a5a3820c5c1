//! Serves made-up sessions, to try clients on: `cargo run -p broker-session-serve --example serve -- 8788 5000`
//!
//! The first port has `/neo/…` and `/ibkr/…` with the token that is printed; the second one is like the gateway of
//! Interactive Brokers, with TLS.

use std::{env, error::Error, time::Duration};

use broker_session::{ClientOptions, Secret, SessionProvider, ibkr, neo};
use broker_session_sandbox::{ibkr as ibkr_sandbox, neo as neo_sandbox};
use broker_session_serve::{Listener, Server, Token};

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut ports = env::args().skip(1).map(|port| port.parse::<u16>());
    let (port, gateway) = (ports.next().unwrap_or(Ok(0))?, ports.next().unwrap_or(Ok(0))?);
    let neo_sandbox = neo_sandbox::Sandbox::builder().start().await?;
    let ibkr_sandbox = ibkr_sandbox::Sandbox::builder().oauth().start().await?;
    let token = Token::generate();
    let server = Server::builder()
        .upstream("neo", neo(&neo_sandbox)?)
        .upstream("ibkr", ibkr(&ibkr_sandbox)?)
        .token(token.clone())
        .build()?;
    let main = Listener::bind(([127, 0, 0, 1], port).into()).await?;
    let gateway = Listener::bind(([127, 0, 0, 1], gateway).into()).await?.gateway("ibkr").self_signed()?;
    println!("{}/?token={}", main.url().unwrap_or_default(), token.secret().expose());
    println!("{}/v1/api", gateway.url().unwrap_or_default());
    let serving = server.clone();
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    let task = tokio::spawn(async move { serving.serve(vec![main, gateway], stop).await });
    println!("{} sessions", server.settled(Duration::from_secs(60)).await);
    Ok(task.await??)
}

fn neo(sandbox: &neo_sandbox::Sandbox) -> Outcome<SessionProvider> {
    let account = sandbox.account();
    let credentials = neo::Credentials::new()
        .mobile(account.mobile.as_str())
        .ucc(account.ucc.as_str())
        .access_token(account.access_token.as_str());
    let client = neo::Client::builder().credentials(credentials).base_url(sandbox.base_url()).build()?;
    let sign_in = neo::SignIn::new(client)
        .totp_secret(Secret::from(account.totp_secret.as_str()))
        .mpin(account.mpin.as_str());
    Ok(SessionProvider::builder(sign_in).start()?)
}

fn ibkr(sandbox: &ibkr_sandbox::Sandbox) -> Outcome<SessionProvider> {
    let known = sandbox.oauth_credentials().ok_or("the sandbox has no OAuth")?;
    let credentials = ibkr::oauth1a::Credentials::builder()
        .consumer_key(known.consumer_key)
        .access_token(known.access_token)
        .access_token_secret(known.access_token_secret)
        .signature_key(known.signature_key)
        .encryption_key(known.encryption_key)
        .dh_parameters(known.dh_parameters);
    let client = ibkr::Client::builder()
        .base_url(sandbox.base_url())
        .options(ClientOptions::new())
        .oauth1a(credentials.build()?)
        .build()?;
    Ok(SessionProvider::builder(ibkr::SignIn::new(client, ibkr::Compete::Yield)).start()?)
}
