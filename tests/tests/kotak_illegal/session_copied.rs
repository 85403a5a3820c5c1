//! A copy would outlive the logout.
use broker_session::kotak::Session;

fn illegal(session: &Session) -> Session {
    session.clone()
}

fn main() {}
