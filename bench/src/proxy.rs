//! The proxy of `broker-session-serve`, with a session at Neo: `bench-proxy BASE_URL`. It prints its address and its token.

use std::{env, future::pending, time::Duration};

use bench_programs::Outcome;
use broker_session::{Secret, SessionProvider, neo};
use broker_session_serve::{Listener, Server, Token};

/// An account that the server knows like any other.
fn provider(base: &str) -> Outcome<SessionProvider> {
    let credentials =
        neo::Credentials::new().mobile("+910000000000").ucc("MADE1").access_token("made-up-access-token");
    let client = neo::Client::builder().credentials(credentials).base_url(base).build()?;
    let totp = Secret::from("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    Ok(SessionProvider::builder(neo::SignIn::new(client).totp_secret(totp).mpin("000000")).start()?)
}

// The program has one thread as well.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let base = env::args().nth(1).ok_or("usage: bench-proxy BASE_URL")?;
    let token = Token::generate();
    let server = Server::builder().upstream("neo", provider(&base)?).token(token.clone()).build()?;
    let listener = Listener::bind(([127, 0, 0, 1], 0).into()).await?;
    let address = listener.address().ok_or("no address")?;
    let serving = server.clone();
    let task = tokio::spawn(async move { serving.serve(vec![listener], pending()).await });
    if server.settled(Duration::from_secs(60)).await == 0 {
        return Err("there is no session".into());
    }
    println!("{address} {}", token.secret().expose());
    Ok(task.await??)
}
