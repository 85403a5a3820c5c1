//! Nor is there anything left of a session of whichever broker.
use broker_session::{Error, Session};

async fn illegal(session: Box<dyn Session>) -> Result<(), Error> {
    session.sign_out().await?;
    session.save();
    Ok(())
}

fn main() {}
