//! The second factor comes after the password.
use broker_session::{Error, Secret, kotak::Client};

async fn illegal(client: Client, code: Secret) -> Result<(), Error> {
    client.access_code(&code).await?;
    Ok(())
}

fn main() {}
