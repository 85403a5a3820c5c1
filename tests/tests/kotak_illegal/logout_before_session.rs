//! There is nothing to sign out of before the second factor.
use broker_session::{Error, Secret, kotak::Client};

async fn illegal(client: Client, password: Secret) -> Result<(), Error> {
    let pending = client.login(&password).await?;
    pending.logout().await
}

fn main() {}
