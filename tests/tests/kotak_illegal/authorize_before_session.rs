//! Only a session puts its headers on a request.
use broker_session::{Error, kotak::Pending};

fn illegal(pending: Pending, request: reqwest::RequestBuilder) -> Result<(), Error> {
    pending.authorize(request)?;
    Ok(())
}

fn main() {}
