//! A session is gone after its logout.
use broker_session::{Error, neo::TradeSession};

async fn illegal(session: TradeSession, request: reqwest::RequestBuilder) -> Result<(), Error> {
    session.logout().await?;
    session.authorize(request)?;
    Ok(())
}

fn main() {}
