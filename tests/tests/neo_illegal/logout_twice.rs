//! A session ends once.
use broker_session::{Error, neo::TradeSession};

async fn illegal(session: TradeSession) -> Result<(), Error> {
    session.logout().await?;
    session.logout().await
}

fn main() {}
