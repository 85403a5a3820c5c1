//! A secret does not get into a text by accident.
use broker_session::Secret;

fn illegal(password: &Secret) -> String {
    format!("{password}")
}

fn main() {}
