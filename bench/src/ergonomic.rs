//! The sign-in with broker-session.

use bench_programs::{Outcome, run};
use broker_session::{
    Secret,
    kotak::{Client, Credentials},
};

fn client(base: String) -> Outcome<Client> {
    let credentials = Credentials::new()
        .userid("S4MPL3")
        .access_token("made-up-bearer")
        .consumer_key("made-up-consumer-key")
        .app_id("made-up-app");
    Ok(Client::builder().credentials(credentials).base_url(base).build()?)
}

async fn sign_in_and_out(client: &Client) -> Outcome {
    let pending = client.login(&Secret::from("made-up-password")).await?;
    let session = pending.submit_access_code(&Secret::from("0000")).await?;
    session.logout().await?;
    Ok(())
}

fn main() -> Outcome {
    run(async |base| client(base), sign_in_and_out)
}
