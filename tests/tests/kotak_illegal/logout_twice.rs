//! A session ends once.
use broker_session::{Error, kotak::Session};

async fn illegal(session: Session) -> Result<(), Error> {
    session.logout().await?;
    session.logout().await
}

fn main() {}
