//! The cap on bodies: an error names it, and the caller can set it.

use broker_session::{Connection, ErrorKind};

use super::expected::{check_error, is_read};
use crate::{Broker, Reaction, Report, Scene, once};

/// An answer without end is not read to it, and the error names the limit, the caller's where there is one.
pub async fn check_endless<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    let endless = Reaction::Endless(format!("{head}\r\n\"").into_bytes(), vec![b'x'; 4096]);
    for reach in B::reaches() {
        let operation = reach.of(spec);
        if !is_read(operation) {
            report.add(&operation.id, Ok::<(), String>(()));
            continue;
        }
        for (name, reaction, connection, limit) in [
            ("endless", endless.clone(), once(), "65536"),
            ("endless, with a limit of the caller's", endless.clone(), limited(), "10000"),
        ] {
            let scene = Scene::hostile::<B>(spec, operation, move |_| Some(reaction.clone())).await;
            let at = scene.at_held(connection);
            let outcome = match (reach.drive)(&at).await {
                Ok(_) => Err("came out as a success".to_owned()),
                Err(error) if !error.to_string().contains(limit) => {
                    Err(format!("does not name the limit: {error}"))
                }
                Err(error) => check_error::<B>(operation, &at, &error, ErrorKind::Protocol, Some(200)),
            };
            report.add(format!("{}, {name}", operation.id), outcome);
        }
    }
    report
}

fn limited() -> Connection {
    once().body_limit(10_000)
}
