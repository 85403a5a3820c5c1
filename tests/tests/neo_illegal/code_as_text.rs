//! Nor is a one-time password a plain text.
use broker_session::{Error, neo::Client};

async fn illegal(client: Client) -> Result<(), Error> {
    client.login_totp("000000").await?;
    Ok(())
}

fn main() {}
