//! A session is gone after its logout.
use broker_session::{Error, kotak::Session};

async fn illegal(session: Session, request: reqwest::RequestBuilder) -> Result<(), Error> {
    session.logout().await?;
    session.authorize(request)?;
    Ok(())
}

fn main() {}
