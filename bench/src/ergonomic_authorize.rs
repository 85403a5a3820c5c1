//! Puts a session on a request with broker-session.

use bench_programs::{Outcome, run};
use broker_session::{
    Secret,
    kotak::{Client, Credentials, Session},
};

async fn signed_in(base: String) -> Outcome<(Session, String)> {
    let credentials = Credentials::new()
        .userid("S4MPL3")
        .access_token("made-up-bearer")
        .consumer_key("made-up-consumer-key")
        .app_id("made-up-app");
    let orders = format!("{base}/orders");
    let client = Client::builder().credentials(credentials).base_url(base).build()?;
    let pending = client.login(&Secret::from("made-up-password")).await?;
    Ok((pending.submit_access_code(&Secret::from("0000")).await?, orders))
}

async fn authorize((session, orders): &(Session, String)) -> Outcome {
    let request = session.http().get(orders.as_str());
    std::hint::black_box(session.authorize(request)?.build()?);
    Ok(())
}

fn main() -> Outcome {
    run(signed_in, authorize)
}
