//! How much memory a server needs for many WebSockets that nobody speaks on:
//! `cargo run --release -p broker-session-serve --example idle_websockets 9500`
//!
//! Broker, server and clients are processes of their own, so that only the server is measured. The server has two
//! connections for each WebSocket; see `ulimit -n`. Linux only.

use std::{env, error::Error, io, net::SocketAddr, process::Stdio, time::Duration};

use broker_session::{ClientOptions, Secret, SessionProvider, neo};
use broker_session_sandbox::neo::{Account, Sandbox};
use broker_session_serve::{Limits, Listener, Server, Token};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
};

type Outcome<T> = Result<T, Box<dyn Error>>;

const SWITCH: &[u8] =
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

#[tokio::main]
async fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["broker"] => broker().await,
        ["server", sandbox, broker] => server(sandbox, broker).await,
        [count] => measure(count.parse()?).await,
        _ => measure(9_500).await,
    }
}

/// A broker that switches to a WebSocket whatever it is asked for, and never says a word.
async fn broker() -> Outcome<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let sandbox = Sandbox::builder().base_url_in_answers(format!("http://{address}")).start().await?;
    println!("{} http://{address}", sandbox.base_url());
    loop {
        let (mut stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(SWITCH).await;
            while let Ok(1..) = stream.read(&mut buffer[..1]).await {}
        });
    }
}

async fn server(sandbox: &str, broker: &str) -> Outcome<()> {
    let account = Account::default();
    let credentials = neo::Credentials::new()
        .mobile(account.mobile.as_str())
        .ucc(account.ucc.as_str())
        .access_token(account.access_token.as_str());
    let options = ClientOptions::new().allow_host(broker);
    let client =
        neo::Client::builder().credentials(credentials).base_url(sandbox).options(options).build()?;
    let sign_in = neo::SignIn::new(client)
        .totp_secret(Secret::from(account.totp_secret.as_str()))
        .mpin(account.mpin.as_str());
    let provider = SessionProvider::builder(sign_in).start()?;
    let token = Token::generate();
    let server =
        Server::builder().upstream("neo", provider).token(token.clone()).limits(Limits::default()).build()?;
    let listener = Listener::bind(([127, 0, 0, 1], 0).into()).await?;
    let address = listener.address().ok_or("no address")?;
    let serving = server.clone();
    let task = tokio::spawn(async move { serving.serve(vec![listener], std::future::pending()).await });
    if server.settled(Duration::from_secs(60)).await == 0 {
        return Err("there is no session".into());
    }
    println!("{address} {}", token.secret().expose());
    Ok(task.await??)
}

async fn measure(count: usize) -> Outcome<()> {
    let (_broker, line) = child(&["broker"]).await?;
    let (sandbox, broker) = line.split_once(' ').ok_or("no addresses")?;
    let (server, line) = child(&["server", sandbox, broker]).await?;
    let (address, token) = line.split_once(' ').ok_or("no address")?;
    let address: SocketAddr = address.parse()?;
    let pid = server.id().ok_or("the server has ended")?;
    let before = resident(pid)?;
    let mut open = Vec::with_capacity(count);
    for _ in 0..count {
        open.push(open_one(address, token).await?);
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    let after = resident(pid)?;
    println!("{count} WebSockets: {before} KiB before, {after} KiB after; {} bytes each", {
        after.saturating_sub(before) * 1024 / count.max(1)
    });
    Ok(())
}

async fn open_one(address: SocketAddr, token: &str) -> Outcome<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    let head = format!(
        "GET /neo/ws HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    let mut response = Vec::new();
    while !response.ends_with(b"\r\n\r\n") {
        response.push(stream.read_u8().await?);
    }
    if !response.starts_with(b"HTTP/1.1 101") {
        return Err(String::from_utf8_lossy(&response).into_owned().into());
    }
    Ok(stream)
}

/// Starts this program in another role, and reads its first line.
async fn child(arguments: &[&str]) -> Outcome<(Child, String)> {
    let mut child = Command::new(env::current_exe()?)
        .args(arguments)
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = child.stdout.take().ok_or("no output")?;
    let mut lines = BufReader::new(output).lines();
    let line = lines.next_line().await?.ok_or("it has ended")?;
    Ok((child, line))
}

/// The memory of a process, in KiB.
fn resident(pid: u32) -> io::Result<usize> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok());
    number.ok_or_else(|| io::Error::other("the system does not show the memory of a process"))
}
