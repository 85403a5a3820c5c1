//! What requests leave in memory that go wrong.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use broker_session::Session;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::support::{PATIENT, body_of, get, session_at};

/// No response, one that is a failure, and two that break off.
const RESPONSES: [&str; 4] = [
    "",
    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{\"data\":",
    "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 50\r\n\r\na,b",
];

/// A server in a thread of its own: its memory does not count. Each connection is for one request.
fn faulty() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for (stream, response) in listener.incoming().zip(RESPONSES.iter().cycle()) {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(response.as_bytes());
        }
    });
    base
}

/// Makes so many requests, and returns by how many bytes the memory of this thread has grown.
fn growth(runtime: &Runtime, session: &Session, requests: usize) -> i64 {
    let work = async {
        let (mut succeeded, mut failed) = (0, 0);
        for _ in 0..requests {
            let is_whole = match session.forward(get("/x")).await {
                Ok(forwarded) => body_of(forwarded).await.is_ok(),
                Err(_) => false,
            };
            if is_whole { succeeded += 1 } else { failed += 1 }
        }
        assert_eq!((succeeded * 3, succeeded + failed), (failed, requests));
        while Handle::current().metrics().num_alive_tasks() > 0 {
            tokio::task::yield_now().await;
        }
    };
    let mut work = Some(work);
    allocation_counter::measure(|| runtime.block_on(work.take().unwrap())).bytes_current
}

#[test]
fn faulty_requests_leave_nothing_in_memory() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let session = runtime
        .block_on(async { session_at(&faulty(), broker_session::ClientOptions::new().deadlines(PATIENT)) });
    // What is kept of the first ones is kept once.
    growth(&runtime, &session, 40);
    let (some, twice) = (growth(&runtime, &session, 200), growth(&runtime, &session, 400));
    assert_eq!((some, twice), (0, 0));
}
