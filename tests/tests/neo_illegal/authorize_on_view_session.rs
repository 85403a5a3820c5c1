//! A view session may only look: nothing is authorised with it.
use broker_session::{Error, neo::ViewSession};

fn illegal(view: ViewSession, request: reqwest::RequestBuilder) -> Result<(), Error> {
    view.authorize(request)?;
    Ok(())
}

fn main() {}
