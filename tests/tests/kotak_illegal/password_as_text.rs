//! A password that is a plain text is one that has been printed somewhere.
use broker_session::{Error, kotak::Client};

async fn illegal(client: Client) -> Result<(), Error> {
    client.login("made-up-password").await?;
    Ok(())
}

fn main() {}
