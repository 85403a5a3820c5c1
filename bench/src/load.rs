//! Clients of a proxy, which do as little as they can, so that they are not what is measured: bytes on sockets.
//!
//! `bench-load requests ADDRESS PATH TOKEN CONNECTIONS COUNT` sends COUNT requests on each connection, one after the other, and
//! prints how long they took. A connection that breaks off is made anew.
//!
//! `bench-load websockets ADDRESS PATH TOKEN COUNT` opens WebSockets, says so, and holds them until the input ends.

use std::{
    env, io,
    time::{Duration, Instant},
};

use bench_programs::Outcome;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

const USAGE: &str = "usage: bench-load requests ADDRESS PATH TOKEN CONNECTIONS COUNT, or bench-load websockets ADDRESS PATH TOKEN COUNT";

/// A connection, and what was read from it.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16_384) })
    }

    /// Sends a request, and reads the response. Returns its status.
    async fn exchange(&mut self, request: &[u8]) -> io::Result<u16> {
        self.buffer.clear();
        self.stream.write_all(request).await?;
        let mut expected = None;
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if expected.is_none() {
                expected = head(&self.buffer)?;
            }
            if let Some((status, length)) = expected
                && length <= self.buffer.len()
            {
                return Ok(status);
            }
        }
    }
}

/// The status of a response and its whole length, as soon as its head is there.
fn head(bytes: &[u8]) -> io::Result<Option<(u16, usize)>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let bad = || io::Error::new(io::ErrorKind::InvalidData, "the response has no status or no length");
    let head = bytes.get(..end).and_then(|head| std::str::from_utf8(head).ok()).ok_or_else(bad)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok()).ok_or_else(bad)?;
    let is_length = |name: &str| name.eq_ignore_ascii_case("content-length");
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    let length = fields.find(|(name, _)| is_length(name));
    let length = length.and_then(|(_, value)| value.trim().parse::<usize>().ok());
    match (status, length) {
        (101, _) => Ok(Some((status, end + 4))),
        (_, Some(length)) => Ok(Some((status, end + 4 + length))),
        (_, None) => Err(bad()),
    }
}

/// Sends requests one after the other. Returns how long each took, and how many have failed.
async fn send(mut connection: Connection, address: &str, request: &[u8], count: usize) -> Sent {
    let (mut times, mut failed) = (Vec::with_capacity(count), 0);
    for _ in 0..count {
        let started = Instant::now();
        match connection.exchange(request).await {
            Ok(200) => times.push(started.elapsed()),
            Ok(_) => failed += 1,
            Err(_) => {
                failed += 1;
                connection = Connection::open(address).await?;
            }
        }
    }
    Ok((times, failed))
}

/// How long each request took, and how many have failed.
type Sent = io::Result<(Vec<Duration>, usize)>;

async fn requests(address: &str, request: &str, connections: usize, count: usize) -> Outcome {
    let mut open = Vec::new();
    for _ in 0..connections {
        let mut connection = Connection::open(address).await?;
        // Everything on the way is there when the time begins.
        let _ = connection.exchange(request.as_bytes()).await;
        open.push(connection);
    }
    let (mut tasks, started) = (JoinSet::new(), Instant::now());
    for connection in open {
        let (address, request) = (address.to_owned(), request.to_owned());
        tasks.spawn(async move { send(connection, &address, request.as_bytes(), count).await });
    }
    let (mut times, mut failed) = (Vec::new(), 0);
    while let Some(sent) = tasks.join_next().await {
        let (of_one, failures) = sent??;
        times.extend(of_one);
        failed += failures;
    }
    let nanoseconds = started.elapsed().as_nanos();
    times.sort_unstable();
    let median = times.get(times.len() / 2).ok_or("no request has succeeded")?.as_nanos();
    println!(
        "{{\"nanoseconds\":{nanoseconds},\"median\":{median},\"succeeded\":{},\"failed\":{failed}}}",
        times.len()
    );
    Ok(())
}

async fn websockets(address: &str, request: &str, count: usize) -> Outcome {
    let mut open = Vec::with_capacity(count);
    for _ in 0..count {
        let mut connection = Connection::open(address).await?;
        if connection.exchange(request.as_bytes()).await? != 101 {
            return Err("there is no WebSocket".into());
        }
        connection.buffer = Vec::new();
        open.push(connection);
    }
    println!("{}", open.len());
    io::read_to_string(io::stdin())?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let request = |address: &str, path: &str, token: &str, more: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n{more}\r\n")
    };
    match arguments[..] {
        ["requests", address, path, token, connections, count] => {
            let request = request(address, path, token, "");
            requests(address, &request, connections.parse()?, count.parse()?).await
        }
        ["websockets", address, path, token, count] => {
            let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n";
            websockets(address, &request(address, path, token, upgrade), count.parse()?).await
        }
        _ => Err(USAGE.into()),
    }
}
