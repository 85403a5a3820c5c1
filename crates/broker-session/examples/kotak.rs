//! Signs in to the Kotak Securities Trade API with a password and an access code, asks for the orders, and signs out.
//!
//! Try it against the sandbox: run `broker-session sandbox kotak` and export the variables that it prints. Then
//! `cargo run -p broker-session --example kotak`.

use std::env;

use broker_session::{Secret, kotak};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = kotak::Client::from_env()?;
    let pending = client.login(&Secret::new(env::var("KOTAK_PASSWORD")?)).await?;
    // A wrong code leaves `pending` usable, until the account locks.
    let session = pending.submit_access_code(&Secret::new(env::var("KOTAK_ACCESS_CODE")?)).await?;
    println!("Signed in as {} at {}.", session.user(), session.base_url());

    let orders = session.get("reports/1.0/orders").send().await?;
    println!("The orders: {}", orders.text().await?);
    session.logout().await?;
    println!("Signed out.");
    Ok(())
}
