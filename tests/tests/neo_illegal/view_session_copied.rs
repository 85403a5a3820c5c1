//! A copy would not know which MPINs were refused.
use broker_session::neo::ViewSession;

fn illegal(view: &ViewSession) -> ViewSession {
    view.clone()
}

fn main() {}
