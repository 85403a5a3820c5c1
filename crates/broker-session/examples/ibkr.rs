//! Keeps the session at an Interactive Brokers gateway alive, asks for the accounts, and signs out. A person must have
//! signed in at the gateway's page, in a browser; with OAuth nobody has to.
//!
//! Try it against the sandbox: run `broker-session sandbox ibkr` (or `sandbox ibkr --oauth`) and export the variables that it prints. Then
//! `cargo run -p broker-session --example ibkr`.

use std::time::Duration;

use broker_session::ibkr::{self, Compete, Supervisor};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = ibkr::Client::from_env()?;
    // A session of the same user elsewhere, on the phone for instance, is left alone.
    let supervisor = Supervisor::builder(client, Compete::Yield).start()?;
    supervisor.wait_until_ready(Duration::from_secs(300)).await?;
    let session = supervisor.session().await?;
    println!("Signed in as {} at {}.", session.user(), session.base_url());

    let accounts = session.get("iserver/accounts").send().await?;
    println!("The accounts: {}", accounts.text().await?);
    supervisor.logout().await?;
    println!("Signed out.");
    Ok(())
}
