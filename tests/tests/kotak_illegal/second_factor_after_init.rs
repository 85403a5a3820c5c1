//! Init alone does not lead to the second factor.
use broker_session::{Error, Secret, kotak::Client};

async fn illegal(client: Client, mpin: Secret) -> Result<(), Error> {
    let initialised = client.init().await?;
    initialised.mpin(&mpin).await?;
    Ok(())
}

fn main() {}
