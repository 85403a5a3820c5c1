//! A copy would outlive the logout.
use broker_session::neo::TradeSession;

fn illegal(session: &TradeSession) -> TradeSession {
    session.clone()
}

fn main() {}
