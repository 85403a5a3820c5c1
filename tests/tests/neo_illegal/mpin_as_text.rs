//! An MPIN that is a plain text is one that has been printed somewhere.
use broker_session::{Error, neo::ViewSession};

async fn illegal(view: ViewSession) -> Result<(), Error> {
    view.validate("000000").await?;
    Ok(())
}

fn main() {}
