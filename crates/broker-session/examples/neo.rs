//! Signs in to Kotak Neo with codes that the program makes itself, asks for the orders, and signs out.
//!
//! Try it against the sandbox: run `broker-session sandbox neo` and export the variables that it prints. Then
//! `cargo run -p broker-session --example neo`.

use std::env;

use broker_session::{Secret, neo};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = neo::Client::from_env()?;
    let totp = client.totp_from_secret(&Secret::new(env::var("NEO_TOTP_SECRET")?))?;
    // A code is good once: a program that starts again within half a minute must know of the last one.
    let totp = totp.remember_in(env::temp_dir().join("neo-last-code"))?;
    let view = client.login_totp(&totp.next_code().await?).await?;
    let session = view.validate(&Secret::new(env::var("NEO_MPIN")?)).await?;
    println!("Signed in as {} at {}.", session.user(), session.base_url());

    let orders = session.get("quick/user/orders").send().await?;
    println!("The orders: {}", orders.text().await?);
    session.logout().await?;
    println!("Signed out.");
    Ok(())
}
