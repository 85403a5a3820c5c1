//! The MPIN comes after the one-time password.
use broker_session::{Error, Secret, neo::Client};

async fn illegal(client: Client, mpin: Secret) -> Result<(), Error> {
    client.validate(&mpin).await?;
    Ok(())
}

fn main() {}
