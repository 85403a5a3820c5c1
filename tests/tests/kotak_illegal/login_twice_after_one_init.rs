//! One init is good for one login.
use broker_session::{Error, Secret, kotak::Client};

async fn illegal(client: Client, password: Secret) -> Result<(), Error> {
    let initialised = client.init().await?;
    initialised.login(&password).await?;
    initialised.login(&password).await?;
    Ok(())
}

fn main() {}
