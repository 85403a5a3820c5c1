//! There is nothing to sign out of before the MPIN.
use broker_session::{Error, neo::ViewSession};

async fn illegal(view: ViewSession) -> Result<(), Error> {
    view.logout().await
}

fn main() {}
