//! Servers that stop in the middle, or never stop.

use broker_session::{Connection, ErrorKind};

use super::expected::{check_error, is_read};
use crate::{Broker, Reaction, Report, Scene, once};

/// A server that falls silent ends in time, with the status that there was.
pub async fn check_silence<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    let half = |status: &str| format!("HTTP/1.1 {status}\r\ncontent-length: 100\r\n\r\n{{\"da").into_bytes();
    for reach in B::reaches() {
        let operation = reach.of(spec);
        for (name, bytes, status) in [
            ("silence", Vec::new(), None),
            ("half a head", b"HTTP/1.1 200 OK\r\ncontent-type: app".to_vec(), None),
            ("half a body", half("200 OK"), Some(200)),
        ] {
            let scene =
                Scene::hostile::<B>(spec, operation, move |_| Some(Reaction::Stall(bytes.clone()))).await;
            let at = scene.at_held(once());
            let outcome = match (reach.drive)(&at).await {
                Ok(_) => Err("came out as a success".to_owned()),
                Err(error) => check_error::<B>(operation, &at, &error, ErrorKind::Timeout, status),
            };
            report.add(format!("{}, {name}", operation.id), outcome);
            report.same(format!("{}, {name}, calls", operation.id), &scene.count(operation), &1);
        }
    }
    report
}

/// An answer that says how long it is, and that this is too long, is not read at all. For a clock that runs.
pub async fn check_announced<B: Broker>() -> Report {
    let (spec, mut report) = (B::spec(), Report::default());
    for reach in B::reaches() {
        let operation = reach.of(spec);
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{".to_vec();
        let scene = Scene::hostile::<B>(spec, operation, move |_| Some(Reaction::Stall(head.clone()))).await;
        let at = scene.at(once());
        let outcome = match (reach.drive)(&at).await {
            Ok(_) => Err("came out as a success".to_owned()),
            Err(error) => check_error::<B>(operation, &at, &error, ErrorKind::Protocol, Some(200)),
        };
        report.add(&operation.id, outcome);
    }
    report
}

/// An answer without end is not read to it.
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
            ("endless", endless.clone(), once(), "1048576"),
            ("endless, with a limit of the caller's", endless.clone(), limited(), "100000"),
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
    once().body_limit(100_000)
}
